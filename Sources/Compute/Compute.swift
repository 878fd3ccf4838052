/// Grams, kernels and HSIC for all pairs of layers of a minibatch.
enum Compute {}
