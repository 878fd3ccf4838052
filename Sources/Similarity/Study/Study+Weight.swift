extension Study {
  /// Bytes of memory that it takes: its sums, and the kept values of minibatches.
  public var weight: Int {
    triangle.count * (MemoryLayout<Double>.size + kept.count * MemoryLayout<Float>.size)
  }
}
