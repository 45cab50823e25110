"""Will a customer buy again within a horizon? One file a classifier; the registry finds it."""

from habitue.loyalty.classify.base import RepurchaseClassifier, classifiers

__all__ = ["RepurchaseClassifier", "classifiers"]
