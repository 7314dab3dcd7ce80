"""
What guides a stream, and what it should look like then: pictures of where the figure is, in any of the ways that people have
them; reference pictures of two colours; parts of a picture that stay.
"""

import random
from dataclasses import dataclass, replace

import torch
import torch.nn.functional as F
from tokenizers import Tokenizer
from torch import Tensor

from batches import Batch
from drawn import drawn, softened
from films import HALF
from latents import Latents
from world import ALLOWED, COLOURS, Look, caption, defaults, render, sample
from world.fields import field
from world.ink import shares
from world.phases import Phases
from world.plane import view
from world.words import COLOUR_WORDS

# The share of batches that are single frames.
SINGLE = 0.6
# Blocks of the pixel style along the short side.
BLOCKS = 16
NAMED = {word for row in COLOUR_WORDS.values() for phrase in row for word in phrase.split()}
LIGHT = torch.tensor([0.299, 0.587, 0.114])


@dataclass
class Guided(Batch):
    """
    Films that are guided: latents [batch, frames, 16, rows, columns], context [batch, frames, 96, rows, columns] as VACE reads
    it, scale [batch, frames], how much it counts, keys [batch, 4], ids [batch, length].
    """

    latents: Tensor
    context: Tensor
    scale: Tensor
    keys: Tensor
    ids: Tensor


def guided(rng: random.Random, codec: Latents, tokenizer: Tokenizer, batch: int, frames: int) -> Guided:
    """A batch of films, or of as many single frames."""
    # Most of the work is in first frames, which have no past to go by.
    count, frames = (batch * frames, 1) if rng.random() < SINGLE else (batch, frames)
    films = [film(rng, frames, HALF, codec) for _ in range(count)]
    latents, context, scale, keys, texts = zip(*films)
    ids = torch.tensor([e.ids for e in tokenizer.encode_batch(list(texts))])
    return Guided(*(torch.stack(x) for x in (latents, context, scale, keys)), ids)


def strength(scale: float) -> float:
    """The control's share of the layout: at 1 it has almost won, at 2 there is nothing else."""
    return 1 - (1 - scale / 2) ** 3


def film(rng: random.Random, frames: int, half: tuple[int, int], codec: Latents):
    """latents, context, scale and keys of a film, as in `Guided`, and its caption; drawn at half the size."""
    keys = torch.tensor([rng.uniform(-1, 1) for _ in range(4)])
    look = sample(rng)
    if rng.random() < 0.5:
        # A caption need not name a pattern if its pattern is plasma.
        motion = look.motion if look.motion in ALLOWED["plasma"] else "up"
        look = replace(look, pattern="plasma", motion=motion)
    kind = rng.random()
    scale = 1.0 if kind > 0.8 or rng.random() < 0.5 else rng.choice((rng.uniform(0.2, 1), rng.uniform(1, 2)))
    own = moving(look, keys, 4 * frames, half, 0.0)
    colours = [torch.tensor(COLOURS[name]) for name in (look.figure, look.ground)]
    text = caption(look, rng)
    if kind < 0.75:
        theirs, control = layout(rng, 4 * frames, half)
        share = strength(scale)
        guided = painted(replace(look, pattern="rings"), own.clone().lerp(theirs, share), keys, half, colours)
        context = encoded(codec, control[:, None].expand(-1, 3, -1, -1), torch.ones(half))
    elif kind < 0.9:
        picture, named = reference(rng, half)
        seen = [a.lerp(b, min(scale, 1.0)) for a, b in zip(colours, named)]
        guided = painted(look, own.clone(), keys, half, seen)
        latents = codec.encode_half(picture.expand(4, -1, -1, -1))
        context = F.pad(latents, (0, 0, 0, 0, 0, 80)).expand(frames, -1, -1, -1)
        if rng.random() < 0.5:
            text = colourless(look, rng)
    else:
        other, _ = layout(rng, 4 * frames, half)
        whole = rng.random() < 0.4
        mask = torch.zeros(half) if whole else (drawn(rng, 1, half)[0] > 0).float()
        lying = [rng.uniform(-1, 1) for _ in range(4)]
        stays = render([(sample(rng), 4 * frames)], torch.tensor(lying), half, rng.uniform(0, 500))
        control = torch.where(mask > 0, torch.sigmoid(8 * other)[:, None], stays)
        made = painted(replace(look, pattern="rings"), other, keys, half, colours)
        guided = torch.where(mask > 0, made, stays)
        context = encoded(codec, control, mask)
    begins = rng.randint(1, frames - 1) if frames > 1 and rng.random() < 0.35 else 0
    latents = codec.encode_half(guided)
    if begins:
        latents[:begins] = codec.encode_half(painted(look, own[: 4 * begins], keys, half, colours))
    scales = torch.full((frames,), scale)
    scales[:begins] = 0
    return latents, context, scales, keys, text


def moving(look: Look, keys: Tensor, frames: int, half: tuple[int, int], age: float) -> Tensor:
    """The field of a look [frames, height, width] as it moves."""
    seen, now, phases = view(half, keys), Phases(), []
    now.advance(look, age, seen.spin, seen.stretch)
    for _ in range(frames):
        phases.append(now.copy())
        now.advance(look, 1, seen.spin, seen.stretch)
    return field(look.pattern, look.motion, seen, phases)


def painted(look: Look, levels: Tensor, keys: Tensor, half: tuple[int, int], colours: list[Tensor]) -> Tensor:
    """A field, which is used up, in a look's style and in two colours [3]: pictures [frames, 3, height, width]."""
    short, blocky = min(half), look.style == "pixel"
    if blocky:
        levels = F.avg_pool2d(levels[:, None], short // BLOCKS, ceil_mode=True)[:, 0]
    figure, ground = shares(look, levels, view(half, keys, BLOCKS if blocky else None), short)
    here, there = (colour[:, None, None] for colour in colours)
    made = figure[:, None] * here + ground[:, None] * there
    if not blocky:
        return made
    return F.interpolate(made, scale_factor=short // BLOCKS)[..., : half[0], : half[1]]


def layout(rng: random.Random, frames: int, half: tuple[int, int]) -> tuple[Tensor, Tensor]:
    """The field that is asked for, and the control that asks for it, 0 to 1; both [frames, height, width]."""
    if rng.random() < 0.5:
        look, keys = sample(rng), torch.tensor([rng.uniform(-1, 1) for _ in range(4)])
        levels = moving(look, keys, frames, half, rng.uniform(0, 500))
    else:
        levels = drawn(rng, frames, half)
    kind = rng.random()
    if kind < 0.4:
        return levels, torch.sigmoid(8 * levels)
    if kind < 0.7:
        lines = outlines(torch.sigmoid(8 * levels), half)
        return 2 * lines - 1, lines
    # As depth has it: steps are soft, and there is more than near and far.
    soft = softened(levels, min(half) * rng.uniform(0.01, 0.05))
    return soft, 0.5 + rng.uniform(0.3, 0.5) * soft


def outlines(grey: Tensor, half: tuple[int, int]) -> Tensor:
    """Light lines on black where pictures [frames, height, width] change: Sobel's gradient, thick enough for latents."""
    kernel = torch.tensor([[1.0, 0, -1], [2, 0, -2], [1, 0, -1]])
    both = F.conv2d(F.pad(grey[:, None], (1, 1, 1, 1), "replicate"), torch.stack((kernel, kernel.T))[:, None])
    edges = both.square().sum(1).sqrt().clamp(max=1)
    return (2 * softened(edges, min(half) / 96)).clamp(max=1)


def reference(rng: random.Random, half: tuple[int, int]) -> tuple[Tensor, list[Tensor]]:
    """A picture [1, 3, height, width] of two colours, and these, the lighter one first: it is the figure's."""
    while True:
        two = [colour(rng) for _ in range(2)]
        two.sort(key=lambda c: float(c @ LIGHT), reverse=True)
        if (two[0] - two[1]) @ LIGHT > 0.12:
            break
    look, keys = replace(sample(rng), style=rng.choice(("plain", "soft"))), torch.rand(4) * 2 - 1
    if rng.random() < 0.5:
        levels = moving(look, keys, 1, half, rng.uniform(0, 500))
    else:
        levels = drawn(rng, 1, half)
    return painted(look, levels, keys, half, two if rng.random() < 0.5 else two[::-1]), two


def colour(rng: random.Random) -> Tensor:
    """One of the world's, a little off, or any."""
    if rng.random() < 0.3:
        return torch.tensor([rng.random() for _ in range(3)])
    named = COLOURS[rng.choice(tuple(COLOURS))]
    return torch.tensor([min(1.0, max(0.0, c + rng.uniform(-0.1, 0.1))) for c in named])


def colourless(look: Look, rng: random.Random) -> str:
    """A caption without a word for a colour."""
    usual = defaults(look.pattern)
    plain = replace(look, figure=usual.figure, ground=usual.ground)
    while NAMED & set((text := caption(plain, rng)).replace(",", "").split()):
        pass
    return text


def encoded(codec: Latents, pictures: Tensor, mask: Tensor) -> Tensor:
    """
    VACE's context [frames / 4, 96, rows, columns] of pictures [frames, 3, height, width] at half the size and a mask
    [height, width] of what is to be made: what stays, what is made, each mid-grey elsewhere, and the mask folded by cells.
    """
    grey = torch.full_like(pictures, 0.5)
    made = mask > 0.5
    inactive, reactive = torch.where(made, grey, pictures), torch.where(made, pictures, grey)
    both = torch.cat([codec.encode_half(x) for x in (inactive, reactive)], 1)
    cells = F.pixel_unshuffle(F.interpolate(mask[None, None], scale_factor=2), 8)
    return torch.cat([both, cells.expand(len(both), -1, -1, -1)], 1)
