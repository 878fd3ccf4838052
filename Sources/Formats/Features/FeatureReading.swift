import Core

/// How the axes of one saved array are read.
struct FeatureReading: Sendable, Equatable {
  /// An index of the axis of layers, or of batches, which is all that is read of it.
  struct Pick: Sendable, Equatable {
    var axis: Int
    var index: Int
  }

  /// What each axis of the array is.
  var axes: [FeatureAxis]
  /// Where on the axes of layers and batches this layer stands.
  var picks: [Pick] = []

  /// The axis of samples; nil when the whole array is one sample.
  var samplesAxis: Int? { axes.firstIndex(of: .samples) }

  /// The axes of one sample, in the array's order.
  var sampleAxes: [Int] {
    axes.indices.filter { ![.samples, .layers, .batches].contains(axes[$0]) }
  }

  /// What the axes of one sample are.
  var sampleRoles: [FeatureAxis] { sampleAxes.map { axes[$0] } }

  /// How many samples an array of `shape` has.
  func samples(of shape: [Int]) -> Int { samplesAxis.map { shape[$0] } ?? 1 }

  /// The shape of one sample of an array of `shape`.
  func sampleShape(of shape: [Int]) -> [Int] { sampleAxes.map { shape[$0] } }

  /// What has to be read for samples `rows` of an array of `shape`: a range on each axis.
  func box(_ rows: Range<Int>, of shape: [Int]) -> [Range<Int>] {
    var box = shape.map { 0..<$0 }
    for pick in picks { box[pick.axis] = pick.index..<pick.index + 1 }
    if let samplesAxis { box[samplesAxis] = rows }
    return box
  }

  /// What was read for such a box, as samples × their own axes; nothing is copied.
  func samplesFirst(_ part: NDArray) -> NDArray {
    var array = part
    var axes = axes
    for pick in picks.sorted(by: { $0.axis > $1.axis }) {
      array = array.slice(axis: pick.axis, index: 0)
      axes.remove(at: pick.axis)
    }
    guard let samplesAxis = axes.firstIndex(of: .samples) else { return array.asOneSample() }
    let others = array.shape.indices.filter { $0 != samplesAxis }
    return samplesAxis == 0 ? array : array.ordered([samplesAxis] + others)
  }
}
