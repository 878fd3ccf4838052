import Core

/// A model on a data set: what stands on one side of a comparison.
public struct ModelKey: Sendable, Hashable, Comparable {
  /// The model's name; empty where the file gives none.
  public var model: String
  /// The data set's name; empty where the file gives none.
  public var dataset: String

  /// The model `model` on `dataset`.
  public init(model: String, dataset: String = "") {
    self.model = model
    self.dataset = dataset
  }

  /// The model and data set of `axis`.
  public init(_ axis: Axis) { self.init(model: axis.model, dataset: axis.dataset) }

  /// In natural order of the models' names, then of the data sets'.
  public static func < (a: ModelKey, b: ModelKey) -> Bool {
    a.model == b.model ? naturalOrder(a.dataset, b.dataset) : naturalOrder(a.model, b.model)
  }
}

/// A result of a folder, as far as it is needed to find its way among the others.
public struct PairEntry: Sendable, Equatable, Identifiable {
  /// File and key.
  public var id: ResultID
  /// Matrix or minibatch scores.
  public var kind: Comparison.Kind
  /// Model 1 (A).
  public var rows: ModelKey
  /// Model 2 (B).
  public var columns: ModelKey
  /// The folder that the file is in.
  public var folder: String

  /// An entry with these properties.
  public init(
    id: ResultID, kind: Comparison.Kind, rows: ModelKey, columns: ModelKey, folder: String = ""
  ) {
    self.id = id
    self.kind = kind
    self.rows = rows
    self.columns = columns
    self.folder = folder
  }

  /// The entry of `comparison`, found in `folder`.
  public init(_ comparison: Comparison, folder: String = "") {
    self.init(
      id: comparison.id, kind: comparison.kind, rows: ModelKey(comparison.rows),
      columns: ModelKey(comparison.columns), folder: folder)
  }

  /// Folder by folder, A by A, B by B; matrices before minibatch scores, then by file and key.
  static func precedes(_ a: PairEntry, _ b: PairEntry) -> Bool {
    if a.folder != b.folder { return naturalOrder(a.folder, b.folder) }
    if a.rows != b.rows { return a.rows < b.rows }
    if a.columns != b.columns { return a.columns < b.columns }
    if a.kind != b.kind { return a.kind == .layers }
    if a.id.path != b.id.path { return naturalOrder(a.id.path, b.id.path) }
    return naturalOrder(a.id.key, b.id.key)
  }
}
