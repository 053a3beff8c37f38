"""What stays of leads in signals say of pairs: the same as a decision on every pair, kept one by one, would say."""

from collections import defaultdict
from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from intake.domain.links import Links, Stay
from intake.storage.migrations.versions.intake_0003_grouping import stays_of

LEADS = [f"lead_{n}" for n in range(7)]
steps = st.lists(st.tuples(st.sampled_from(["cluster", "add", "split"]), st.integers(0, 127), st.integers(0, 6)))


class DecidedPairs:
    """Acts on signals, with both records of them: a decision on each pair, the later replacing the earlier, and stays."""

    def __init__(self):
        self.pairs = {}
        self.stays = []
        self.signals = defaultdict(list)
        self.seq = 0

    @property
    def places(self):
        return {lead: signal for signal, leads in self.signals.items() for lead in leads}

    @property
    def free(self):
        return [lead for lead in LEADS if lead not in self.places]

    def decide(self, ones, others, decision, signal):
        for one, other in product(ones, others):
            if one != other:
                self.pairs[tuple(sorted((one, other)))] = (decision, signal)

    def put(self, signal, lead):
        self.decide([lead], self.signals[signal], "must", signal)
        self.signals[signal].append(lead)
        self.stays.append(Stay(lead, signal, self.seq))

    def take(self, signal, lead):
        self.signals[signal].remove(lead)
        self.decide([lead], self.signals[signal], "cannot", signal)
        self.stays = [
            Stay(lead, signal, stay.from_seq, self.seq)
            if (stay.lead, stay.signal, stay.to_seq) == (lead, signal, None)
            else stay
            for stay in self.stays
        ]

    def step(self, act, choice, which):
        """An act on what there is: `choice` picks leads or the signal, `which` the lead; nothing where there is none."""
        self.seq += 1
        names = sorted(name for name, leads in self.signals.items() if leads)
        signal = names[choice % len(names)] if names else None
        if act == "cluster":
            for lead in [lead for place, lead in enumerate(self.free) if choice >> place & 1]:
                self.put(f"signal_{self.seq:03d}", lead)
        elif act == "add" and signal and self.free:
            self.put(signal, self.free[which % len(self.free)])
        elif act == "split" and signal and len(self.signals[signal]) > 1:
            self.take(signal, self.signals[signal][which % len(self.signals[signal])])

    def rows(self):
        return [(first, second, decision, signal) for (first, second), (decision, signal) in self.pairs.items()]

    def expected(self):
        """The earlier reading of a decision on every pair."""
        return Links.of((first, second, decision) for first, second, decision, _ in self.rows())


def closed(links, leads=LEADS):
    """Every pair that must be together, by transitivity, and every pair that cannot be."""
    group = {lead: {lead} for lead in leads}
    for one, other in (tuple(pair) for pair in links.must):
        merged = group[one] | group[other]
        for lead in merged:
            group[lead] = merged
    must = {frozenset(pair) for pair in combinations(leads, 2) if pair[1] in group[pair[0]]}
    return must, set(links.cannot)


@settings(max_examples=300, deadline=None)
@given(steps)
def test_stays_say_of_every_pair_what_a_decision_on_each_pair_said(acts):
    decided = DecidedPairs()
    for act in acts:
        decided.step(*act)
        links = Links.of_stays(decided.stays)
        assert closed(links) == closed(decided.expected())
        assert len(links.must) == sum(max(0, len(leads) - 1) for leads in decided.signals.values())


@settings(max_examples=300, deadline=None)
@given(steps)
def test_stays_made_of_decided_pairs_say_the_same_of_every_pair(acts):
    decided = DecidedPairs()
    for act in acts:
        decided.step(*act)
    stays = [Stay(*row) for row in stays_of(decided.rows(), decided.places)]
    assert closed(Links.of_stays(stays)) == closed(decided.expected())
    assert len({(stay.lead, stay.signal, stay.from_seq) for stay in stays}) == len(stays)


@given(steps, steps)
def test_acts_after_pairs_were_made_into_stays_are_kept_as_ever(before, after):
    decided = DecidedPairs()
    for act in before:
        decided.step(*act)
    decided.stays = [Stay(*row) for row in stays_of(decided.rows(), decided.places)]
    decided.seq = 0
    for act, choice, which in after:
        if act == "cluster":
            decided.seq += 1000  # the number names the signal: another than those before
        decided.step(act, choice, which)
    assert closed(Links.of_stays(decided.stays)) == closed(decided.expected())


def test_pairs_of_a_signal_with_leads_split_off_become_one_stay_for_each_lead():
    leads = [f"lead_{n:03d}" for n in range(60)]
    decided = DecidedPairs()
    for lead in leads:
        decided.put("signal_1", lead)
    for lead in leads[10:20]:
        decided.take("signal_1", lead)
    assert len(decided.pairs) == 60 * 59 // 2
    stays = stays_of(decided.rows(), decided.places)
    assert len(stays) == 60
    assert closed(Links.of_stays(Stay(*row) for row in stays), leads) == closed(decided.expected(), leads)


def test_a_lead_that_came_after_another_was_split_off_was_never_with_it():
    links = Links.of_stays([Stay("a", "s", 1), Stay("b", "s", 1, 2), Stay("c", "s", 2)])
    assert links == Links(frozenset({frozenset("ac")}), frozenset({frozenset("ab")}))


def test_leads_put_together_again_elsewhere_are_not_apart_any_more():
    links = Links.of_stays([Stay("a", "s", 1, 2), Stay("b", "s", 1, 3), Stay("a", "t", 1), Stay("b", "t", 1)])
    assert links == Links(must=frozenset({frozenset("ab")}))
