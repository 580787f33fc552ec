"""Example questions, made of what the papers of a day are called."""

import re
from collections.abc import Sequence

from assistant.language.days import spoken_day
from ingest.names import names_in
from ingest.paper import StoredPaper

_MOST_EXAMPLES = 4
_NAMED = re.compile(r"([\w-]+): ")
_TOPIC_AT_THE_END = re.compile(r" (?:for|in) ((?:[A-Za-z\d][\w-]+ ){1,2}[A-Za-z][\w-]+)")
_NO_TOPIC = re.compile(r"\b(?:an?|the|and|or|of|from|with|via|by|to|on|at|its|using|under)\b", re.IGNORECASE)


def example_questions(papers: Sequence[StoredPaper]) -> list[str]:
    """Up to four questions about the named methods and the topics in the titles of these papers of one day."""
    titles = [stored.paper.title for stored in papers]
    methods = [match[1] for title in titles if (match := _NAMED.match(title)) and names_in(match[1])]
    topics = [topic for title in titles if (topic := _topic(title))]
    questions = [f"What does {name} propose?" for name in methods[:1]]
    questions += [f"Which papers are about {topic}?" for topic in topics[:1]]
    questions += [f"What results does {name} report?" for name in methods[1:2]]
    questions += [f"Which papers of {spoken_day(papers[0].day)} are about {topic}?" for topic in topics[1:2]]
    questions += [f"What is the paper “{title}” about?" for title in titles]
    return questions[:_MOST_EXAMPLES]


def _topic(title: str) -> str:
    """What a title ends with after "for" or "in", where that is a plain phrase of two or three words."""
    *_, phrase = ["", *(match[1] for match in _TOPIC_AT_THE_END.finditer(title) if match.end() == len(title))]
    if _NO_TOPIC.search(phrase):
        return ""
    return " ".join(word if any(map(str.isupper, word[1:])) else word.lower() for word in phrase.split())
