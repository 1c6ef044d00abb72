"""Rules for KMS: keys that rotate, that cannot be lost in a hurry, and whose policies name who may use them."""
