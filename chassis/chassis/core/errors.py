"""Refusals: the few named reasons for which a request is refused, as data that travels to whoever asked."""

from collections.abc import Mapping
from typing import Any

STATUS = {
    "invalid": 422,
    "unauthenticated": 401,
    "forbidden": 403,
    "not-found": 404,
    "wrong-state": 409,
    "late": 409,
    "early": 409,
    "guard": 409,
    "stale": 412,
    "version-required": 428,
    "command-reused": 422,
    "too-large": 413,
    "internal": 500,
    "away": 503,
    "unknown-outcome": 504,
}

TEXTS = {
    "invalid": ("提交的内容不符合要求", "The data is not valid"),
    "unauthenticated": ("请先登录", "Sign in first"),
    "forbidden": ("您无权实施此行为", "You may not do this"),
    "not-found": ("没有找到，或您无权查看", "Not found, or not yours to see"),
    "wrong-state": ("当前状态不允许此行为", "The present state does not allow this act"),
    "late": ("期限已过", "The period has lapsed"),
    "early": ("期限尚未届满", "The period has not lapsed yet"),
    "guard": ("条件不具备", "A condition is not met"),
    "stale": ("内容已被他人更新，请刷新后重试", "Somebody else has changed this; read it again"),
    "version-required": ("缺少版本号（If-Match）", "The version is missing (If-Match)"),
    "command-reused": ("同一命令编号已用于其他内容", "This command id was used for something else"),
    "too-large": ("文件过大", "Too large"),
    "internal": ("系统内部错误，已记录", "An internal error; it has been recorded"),
    "away": ("服务暂时不可用，请稍后重试", "The service is away; try again later"),
    "unknown-outcome": (
        "结果未知；用同一编号重试是安全的",
        "The outcome is unknown; repeating with the same id is safe",
    ),
}


class Refusal(Exception):
    """A normal answer that says no.

    `code` is one of STATUS; `clause` and `act` say where in the law; `facts` are JSON values that explain;
    `errors` maps a field (dotted path) to its texts; `zh` and `en` are sentences for people.
    """

    def __init__(
        self,
        code: str,
        zh: str | None = None,
        en: str | None = None,
        *,
        clause: str | None = None,
        act: str | None = None,
        errors: Mapping[str, list[str]] | None = None,
        **facts: Any,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.zh = zh or TEXTS[code][0]
        self.en = en or TEXTS[code][1]
        self.clause = clause
        self.act = act
        self.errors = dict(errors or {})
        self.facts = facts

    @property
    def status(self) -> int:
        """The HTTP status that this refusal becomes."""
        return STATUS[self.code]

    def __str__(self) -> str:
        return f"{self.code}: {self.en} {self.facts or ''}{self.errors or ''}".strip()

    def to_dict(self) -> dict[str, Any]:
        """Return the refusal as it travels; empty members are left out."""
        values = {
            "code": self.code,
            "zh": self.zh,
            "en": self.en,
            "clause": self.clause,
            "act": self.act,
            "errors": self.errors,
            "facts": self.facts,
        }
        return {key: value for key, value in values.items() if value not in (None, {}, [])}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "Refusal":
        """Rebuild a refusal that came over the wire; an unknown code becomes `internal`."""
        code = data.get("code", "internal")
        refusal = cls(
            code if code in STATUS else "internal",
            data.get("zh"),
            data.get("en"),
            clause=data.get("clause"),
            act=data.get("act"),
            errors=data.get("errors"),
        )
        refusal.facts = dict(data.get("facts") or {})
        return refusal


def invalid(field: str, zh: str, en: str) -> Refusal:
    """Return the refusal of one field."""
    return Refusal("invalid", errors={field: [f"{zh} / {en}"]})


class ConfigurationFault(Exception):
    """The deployment cannot start; `faults` lists everything that is wrong, at once."""

    def __init__(self, faults: list[str]) -> None:
        super().__init__("; ".join(faults))
        self.faults = faults
