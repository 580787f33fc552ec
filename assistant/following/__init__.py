"""What is new for what somebody follows: topics, authors, names, questions.

follows → the papers that came since each was looked at → those that each is about, with quotes → what changed in them
"""

from assistant.following.adding import checked_text
from assistant.following.making import news_of
from assistant.following.news import FollowNews, News, NewsPaper

__all__ = ["FollowNews", "News", "NewsPaper", "checked_text", "news_of"]
