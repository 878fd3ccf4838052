import Core

/// One side of a comparison: a model on a data set, and its layers in the order of the rows or
/// columns.
public struct Axis: Sendable, Equatable {
  /// The model's name, ready to show; empty where the file gives none.
  public var model: String
  /// The data set's name; empty where the file gives none.
  public var dataset: String
  /// Layer names, ready to show. For minibatch vectors they need not match the matrix.
  public var layers: [String]
  /// The file names no layers; `layers` are numbers that stand in for them.
  public var layersAreGenerated: Bool

  /// An axis; names must have gone through `SafeText.sanitise`.
  public init(
    model: String = "", dataset: String = "", layers: [String], layersAreGenerated: Bool = false
  ) {
    self.model = model
    self.dataset = dataset
    self.layers = layers
    self.layersAreGenerated = layersAreGenerated
  }

  /// Numbers as names: "1", "2", … for `count` layers of unknown name.
  public static func numbered(_ count: Int, model: String = "", dataset: String = "") -> Axis {
    Axis(
      model: model, dataset: dataset, layers: (0..<count).map { String($0 + 1) },
      layersAreGenerated: true)
  }
}

/// One saved result: the CKA of every layer of one model with every layer of another, or of many
/// minibatches.
public struct Comparison: Sendable, Identifiable {
  /// What the values are.
  public enum Kind: String, Sendable {
    /// A matrix, row layers × column layers.
    case layers
    /// One score for each minibatch: the matrix is 1 × N.
    case minibatches
  }

  /// File and key.
  public var id: ResultID
  /// The container as a person would name it ("pickle, protocol 4", "npz").
  public var format: String
  /// What the values are.
  public var kind: Kind
  /// Model 1: its layers are the rows.
  public var rows: Axis
  /// Model 2: its layers are the columns.
  public var columns: Axis
  /// The values: rows.layers.count × columns.layers.count, or 1 × N minibatches.
  public var matrix: Matrix {
    didSet { knownSummary = nil }
  }
  /// The element type as the file has it ("float32", "list").
  public var dtype: String
  /// What a reader of the figure should know; one line each, ready to show.
  public var warnings: [String]
  /// What must be said of it wherever it goes, besides what its names tell: see `caveats`.
  public var standing: [Caveat] = []
  /// Whether the names may stand on the wrong layers, where that was told from more names than are
  /// here; nil to tell it from these.
  var labelsAreSuspect: Bool?
  /// The study that a layer matrix is a block of, where the file holds one; its rows and columns
  /// are the matrix's.
  public var block: StudyBlock?
  /// How the values came about, where the file tells.
  public var origin: ResultOrigin?
  /// The summary of `matrix`, where reading it has brought it along.
  private var knownSummary: Summary?

  /// Range, mean and counts of the values; one pass over them unless `init` was given it.
  public var summary: Summary { knownSummary ?? matrix.summary() }

  /// A result; the axes' layer counts must match the matrix unless `kind` is `.minibatches`.
  /// - Parameter summary: the summary of `matrix`, where it is known.
  public init(
    id: ResultID, format: String, kind: Kind, rows: Axis, columns: Axis, matrix: Matrix,
    dtype: String? = nil, warnings: [String] = [], summary: Summary? = nil,
    block: StudyBlock? = nil
  ) {
    precondition(
      kind == .minibatches
        || (rows.layers.count == matrix.rows && columns.layers.count == matrix.columns),
      "a name for every row and column")
    self.id = id
    self.format = format
    self.kind = kind
    self.rows = rows
    self.columns = columns
    self.matrix = matrix
    self.dtype = dtype ?? matrix.type.rawValue
    self.warnings = warnings
    knownSummary = summary
    self.block = block
  }
}
