"""The content-addressed file store: a folder by default, S3-compatible by configuration (fsspec)."""

import hashlib
from typing import Any

import fsspec

from chassis.core.errors import Refusal


class Files:
    """Files named by the SHA-256 of their bytes; the same bytes are kept once."""

    def __init__(self, url: str) -> None:
        self._filesystem, self._folder = fsspec.url_to_fs(url)

    def put(self, content: bytes, name: str, media_type: str) -> dict[str, Any]:
        """Keep the bytes and return what messages carry: hash, name, size, media type."""
        digest = hashlib.sha256(content).hexdigest()
        path = self._path(digest)
        if not self._filesystem.exists(path):
            self._filesystem.makedirs(path.rpartition("/")[0], exist_ok=True)
            with self._filesystem.transaction, self._filesystem.open(path, "wb") as file:
                file.write(content)
        return {"hash": digest, "name": name, "size": len(content), "media_type": media_type}

    def get(self, hash: str) -> bytes:
        """Return the bytes of a hash; refuses as not-found what is not kept, and as internal what no longer has its hash."""
        try:
            content: bytes = self._filesystem.cat_file(self._path(hash))
        except FileNotFoundError:
            raise Refusal("not-found", hash=hash) from None
        if hashlib.sha256(content).hexdigest() != hash:
            raise Refusal("internal", hash=hash)
        return content

    def _path(self, hash: str) -> str:
        return f"{self._folder}/{hash[:2]}/{hash}"
