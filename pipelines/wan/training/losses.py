"""What a guess of the clean latents costs."""

from torch import Tensor


def cost(guess: Tensor, truth: Tensor, sigma: float) -> Tensor:
    """Squared error of each film [batch], a little dearer where there was less noise."""
    return (guess - truth).square().mean((1, 2, 3)) / max(sigma, 0.3)
