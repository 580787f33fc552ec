"""How many there are of something, said."""


def counted(count: int, thing: str = "paper") -> str:
    """A number and its thing: "1 paper", "1,204 papers"."""
    plural = f"{thing[:-1]}ies" if thing.endswith("y") and thing != "day" else f"{thing}s"
    return f"{count:,} {thing if count == 1 else plural}"
