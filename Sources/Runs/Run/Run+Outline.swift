import Similarity

extension Run {
  /// The models by name: "ResNet18 × ResNet34".
  public var title: String { StudyOutline.title(models.map(\.name)) }

  /// Models, minibatches and memory, a line each.
  public var outline: [String] {
    let outline = StudyOutline(
      layerCounts: models.map { ($0.axis.figureTitle, $0.layers.count) },
      sampleCounts: sampleCounts,
      options: options)
    return (understood.isEmpty ? outline.modelLines : understood) + [
      outline.minibatchLine, "about \(outline.megabytes) MB of memory beside the files",
    ] + outline.nullLines
  }
}
