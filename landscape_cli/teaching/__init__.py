"""What a lecturer and a student use: lessons, questions, and a model that is changed step by step.

Values only: nothing here prints, and verdicts come from the engine. ``lessons`` reads lesson
files, ``claims`` compares what they say with what the engine says, ``quiz`` makes up questions,
``session`` keeps a model that statements amend, ``completion`` knows which names fit at a place.
"""
