"""Stages and pictures that several tests look at, each made once."""

from __future__ import annotations

from functools import cache

from landscape_cli.engine.judge import Judgement, judge
from landscape_cli.pictures import Wish, picture_of
from landscape_cli.pictures.shapes import Picture
from landscape_cli.pictures.stage import Stage, set_stage
from landscape_cli.syntax import parse

HUBER = "net 2 -> 1 -> 2; loss huber(1)"
ABSOLUTE = "net 2 -> 2 -> 2; loss absolute"
RELU = "net 2 -> relu(3) -> 1; loss squared"
TANH = "net 1 -> tanh(1) -> 1; loss squared"
DECAY = "net 2 -> 2 -> 2 -> 2; loss squared; regularize l2 1/10"
SYMMETRIC = "param W: 2 x 1; map W * W^T; loss weighted_squared"
SADDLES = "net 2 -> 2 -> 2 -> 2; loss squared; require strict_saddle"
HOLDS = "net 2 -> 1 -> 2; loss squared"
CONVEX = "net 3 -> 2; loss logistic"


@cache
def judged(text: str) -> Judgement:
    return judge(parse(text)[0])


@cache
def stage(text: str, seed: int = 0) -> Stage:
    return set_stage(judged(text), seed)


@cache
def picture(text: str, wish: Wish) -> Picture:
    return picture_of(judged(text), wish)
