extension Axis {
  /// The data set without torch_cka's leading "Dataset "; nil when there is none.
  public var datasetName: String? {
    let name = dataset.withoutDatasetPrefix
    return name.isEmpty ? nil : name
  }

  /// "ResNet18 · Digits32".
  public var figureTitle: String {
    [model.isEmpty ? nil : model, datasetName].compactMap(\.self).joined(separator: " · ")
  }
}

extension String {
  /// The data set's own name: torch_cka writes `Dataset NAME`, where NAME is the class of the data
  /// set.
  public var withoutDatasetPrefix: String {
    hasPrefix("Dataset ") ? String(dropFirst("Dataset ".count)) : self
  }
}
