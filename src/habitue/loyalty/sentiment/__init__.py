"""What comments say: their tone from -1 to 1, and which of them someone should answer."""

from habitue.loyalty.sentiment.comments import score_comments
from habitue.loyalty.sentiment.lexicon import Lexicon
from habitue.loyalty.sentiment.model import SentimentModel

__all__ = ["Lexicon", "SentimentModel", "score_comments"]
