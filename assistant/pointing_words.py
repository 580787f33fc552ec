"""Words that point back, fill, or can carry no topic, as sets."""

from ingest.names import MEASURES

PLACES = {
    **dict(zip("first second third fourth fifth sixth seventh eighth ninth tenth".split(), range(1, 11), strict=True)),  # noqa: SIM905
    **dict(zip("1st 2nd 3rd 4th 5th 6th 7th 8th 9th 10th".split(), range(1, 11), strict=True)),  # noqa: SIM905
    "former": 1,
    "latter": -1,
    "last": -1,
}
"""Words for places in a list, from 1; -1 is the last."""
COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6}
AFTER_NO_PLACE = frozenset({"to", "that", "which", "in"})
"""What follows "the first" where it is no place in a list: "the first method to …"."""
FILLING = frozenset(
    """only just and but so then or what about how the a those these them ones one please of from to it that are is
    were was which show me now with in on by all any ok okay i mean for at s do there you have keep leave limit
    restrict narrow filter down instead same again too also""".split()  # noqa: SIM905
)
"""Words beside which a question may set nothing but limits."""
FILLING_BESIDE_ONLY = FILLING | {"paper", "papers", "works", "articles", "studies", "methods"}
WEAK_WORDS = MEASURES | frozenset(
    """accuracy accurate fast faster slow speed rate rates error errors parameter parameters size large big small memory
    cost costs expensive train trained training test tested tests evaluated evaluate evaluation data dataset datasets
    database databases benchmark benchmarks metric metrics performance perform limitations limitation drawback
    advantage conclusion conclusions conclude experiments future baseline baselines state art hardware layers latency
    runtime time wins win best better worse good big high long often seconds frames second first third last other ones
    two three four latter former both improve improvement gain gains sets set tried run runs""".split()  # noqa: SIM905
)
"""Words that ask for details of any paper, and so can carry no topic."""
