"""Load for an operator's own machine: what the product itself carries there."""
