"""Every word that a caption may say, by what it means. The first of each row is the plainest."""

from __future__ import annotations

COLOUR_WORDS = {
    "red": ("red", "crimson", "scarlet", "ruby", "blood"),
    "orange": ("orange", "amber", "tangerine", "copper"),
    "yellow": ("yellow", "golden", "gold", "lemon", "sunny"),
    "green": ("green", "emerald", "lime", "jade", "mint"),
    "cyan": ("cyan", "turquoise", "teal", "aqua", "icy"),
    "blue": ("blue", "navy", "azure", "cobalt", "sapphire"),
    "purple": ("purple", "violet", "lilac", "indigo", "lavender"),
    "pink": ("pink", "magenta", "rose", "fuchsia"),
    "white": ("white", "snowy", "ivory", "silver", "pearl"),
    "black": ("black", "jet", "midnight", "ebony"),
}

PATTERN_WORDS = {
    "stripes": ("stripes", "stripe", "lines", "line", "bars", "bands", "striped"),
    "checkers": ("checkers", "checkerboard", "chequered", "checkered", "chess", "squares"),
    "grid": ("grid", "grids", "mesh", "lattice", "net", "wireframe"),
    "dots": ("dots", "dot", "polka dots", "spots", "circles", "balls"),
    "waves": ("waves", "wave", "water", "wavy lines", "wavy"),
    "plasma": ("plasma", "blobs", "blob", "liquid", "fluid", "shapes"),
    "rings": ("rings", "ring", "concentric circles", "hoops", "halos"),
    "spiral": ("spiral", "spirals", "vortex", "swirl", "whirl", "helix"),
    "rays": ("rays", "ray", "starburst", "sunbeams", "beams", "sunburst", "spokes"),
    "tunnel": ("tunnel", "tunnels", "corridor", "tube", "portal"),
    "diamonds": ("diamonds", "diamond", "rhombus", "gems", "argyle"),
    "cells": ("cells", "cell", "bubbles", "bubble", "voronoi", "mosaic", "scales"),
    "clouds": ("clouds", "cloud", "mist", "haze", "cloudy", "vapour"),
    "fire": ("fire", "flames", "flame", "burning flames", "blaze", "inferno"),
    "kaleidoscope": ("kaleidoscope", "kaleidoscopic pattern", "flower", "flowers", "snowflake", "ornament"),
    "stars": ("stars", "star", "starfield", "particles", "sparkles", "sparks"),
}

MOTION_WORDS = {
    "left": ("moving left", "drifting left", "sliding left", "leftwards", "to the left", "going left"),
    "right": ("moving right", "drifting right", "sliding right", "rightwards", "to the right", "going right"),
    "up": ("moving up", "rising", "drifting up", "upwards", "floating up", "ascending"),
    "down": ("moving down", "falling", "sinking", "downwards", "dropping", "descending"),
    "clockwise": (
        "spinning clockwise",
        "rotating clockwise",
        "turning clockwise",
        "clockwise",
        "rotating",
        "spinning",
    ),
    "counterclockwise": (
        "spinning counterclockwise",
        "rotating counterclockwise",
        "turning counterclockwise",
        "counterclockwise",
        "anticlockwise",
    ),
    "in": ("zooming in", "expanding", "growing", "zoom in", "approaching", "flying forward"),
    "out": ("zooming out", "contracting", "shrinking", "zoom out", "receding", "flying backward"),
    "pulse": ("pulsing", "breathing", "throbbing", "pulsating", "beating", "swelling", "pulse"),
}

SPEED_WORDS = {
    "slow": ("slow", "slowly", "calm", "gentle", "lazy", "relaxed"),
    "medium": ("medium", "steady", "moderate", "steadily"),
    "fast": ("fast", "quick", "quickly", "rapid", "frantic", "rapidly"),
}

STYLE_WORDS = {
    "plain": ("plain", "clean", "flat", "simple"),
    "soft": ("soft", "blurry", "dreamy", "blurred", "smooth"),
    "neon": ("neon", "glowing", "luminous", "electric", "laser"),
    "ink": ("ink", "stark", "woodcut", "comic", "inked"),
    "pixel": ("pixel", "pixelated", "8-bit", "retro", "blocky", "pixels"),
}

# What stands around a scene's word: "night sky" means what "night" means.
SCENE_PHRASES = {
    "night": ("night", "night sky", "starry night"),
    "space": ("space", "outer space"),
    "storm": ("storm", "thunderstorm"),
    "lavalamp": ("lavalamp", "lava lamp"),
    "racing": ("racing", "racing flag"),
    "hypnosis": ("hypnosis", "hypnotic"),
    "sky": ("sky", "summer sky"),
    "sea": ("sea", "seaside"),
    "desert": ("desert", "dunes"),
    "wasp": ("wasp", "bee"),
    "forest": ("forest", "jungle"),
    "lizard": ("lizard", "reptile", "snake"),
    "ripples": ("ripples", "pond"),
    "matrix": ("matrix", "matrix code"),
    "hell": ("hell", "hellfire"),
    "circus": ("circus", "carnival"),
    "snow": ("snow", "winter", "snowfall"),
    "ladybird": ("ladybird", "ladybug"),
    "sun": ("sun", "sunshine"),
    "hyperspace": ("hyperspace", "warp"),
    "target": ("target", "bullseye"),
    "sonar": ("sonar", "radar"),
    "campfire": ("campfire", "bonfire"),
}

BACKDROPS = ("background", "backdrop")

# Words without a meaning of their own.
OPENINGS = (
    "a", "an", "the", "video of", "a video of", "abstract", "beautiful", "loop of", "animation of", "some",
    "a beautiful", "an abstract", "visuals of", "many", "show me", "pattern of", "background video of",
)  # fmt: skip
CLOSINGS = ("pattern", "motion", "animation", "loop", "video", "visuals", "style", "scene", "please", "art")
