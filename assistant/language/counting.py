"""How many there are of something, said."""


def counted(count: int, thing: str = "paper") -> str:
    """A number and its thing: "1 paper", "1,204 papers"."""
    plural = f"{thing[:-1]}ies" if thing.endswith("y") and thing != "day" else f"{thing}s"
    return f"{count:,} {thing if count == 1 else plural}"


def by_block(new: int, cross_listed: int, replaced: int = 0) -> str:
    """How many papers are new and how many are not, of replaced ones where there are any: "11 new, 3 cross-listed"."""
    said = f"{new:,} new, {cross_listed:,} cross-listed"
    return f"{said}, {replaced:,} replaced" if replaced else said
