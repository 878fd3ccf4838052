/// What is made of the Gram matrices of one minibatch.
struct MinibatchProducts {
  /// HSIC of every two layers, as `PackedTriangle` stores it.
  var hsic: [Double]
  /// The layers that have no Gram matrix, with the reason.
  var faults: [Int: String]
  /// What the matrices tell beside HSIC.
  var figures = MinibatchFigures()
}
