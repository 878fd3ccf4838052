import CKACore

/// What the list shows of one result, without its values.
public struct CatalogEntry: Sendable, Equatable, Identifiable {
  /// File and key.
  public var id: ResultID
  /// The folder it was found in, as shown; results are grouped by it.
  public var folder: String
  /// The file's name without folder, and the key.
  public var name: String
  /// Layers or minibatches.
  public var kind: Comparison.Kind
  /// Model 1 and its data set.
  public var rows: ModelKey
  /// Model 2 and its data set.
  public var columns: ModelKey
  /// Extent of the values.
  public var shape: (rows: Int, columns: Int)
  /// Mean of the finite values; NaN when there is none.
  public var mean: Double
  /// What the list shows of it, in lower case, for searching.
  private(set) var searched = ""

  /// The entry of a result that was just read.
  public init(_ comparison: Comparison, folder: String, name: String) {
    id = comparison.id
    self.folder = folder
    self.name = name
    kind = comparison.kind
    rows = ModelKey(model: comparison.rows.model, dataset: comparison.rows.dataset)
    columns = ModelKey(model: comparison.columns.model, dataset: comparison.columns.dataset)
    shape = (comparison.matrix.rows, comparison.matrix.columns)
    mean = comparison.summary.mean
    searched = "\(title) \(datasets) \(name) \(folder)".lowercased()
  }

  /// Equality in every member.
  public static func == (a: CatalogEntry, b: CatalogEntry) -> Bool {
    a.id == b.id && a.folder == b.folder && a.name == b.name && a.kind == b.kind
      && a.rows == b.rows && a.columns == b.columns && a.shape == b.shape
  }

  /// "ResNet18 × ResNet34", or the file's name where the file names no model.
  public var title: String {
    if rows.model.isEmpty && columns.model.isEmpty { return name }
    return "\(rows.model) × \(columns.model)"
  }

  /// The data sets, once when both are the same; torch_cka's leading "Dataset " is left out.
  public var datasets: String {
    let first = rows.dataset.withoutDatasetPrefix
    let second = columns.dataset.withoutDatasetPrefix
    return first == second ? first : "\(first) × \(second)"
  }
}

extension PairEntry {
  fileprivate init(_ entry: CatalogEntry) {
    self.init(
      id: entry.id, kind: entry.kind, rows: entry.rows, columns: entry.columns,
      folder: entry.folder)
  }
}

extension String {
  /// The data set's own name: torch_cka writes `Dataset NAME`, where NAME is the class of the data set.
  public var withoutDatasetPrefix: String {
    hasPrefix("Dataset ") ? String(dropFirst("Dataset ".count)) : self
  }
}

/// The results found so far, grouped by folder and in natural order within it.
public struct Catalog: Sendable {
  /// The entries in list order.
  public private(set) var entries: [CatalogEntry] = []
  /// The entries as a grid of model pairs.
  private(set) var grid = PairGrid([])
  private var positions: [ResultID: Int] = [:]
  /// Titles that several results of one kind share: the list tells those apart by file name.
  private(set) var sharedTitles: Set<String> = []
  /// The data sets on which each file compares the same models.
  private var datasets: [FileTitle: Set<String>] = [:]

  private struct FileTitle: Hashable, Sendable {
    var path: String
    var kind: Comparison.Kind
    var title: String
  }

  /// Nothing found yet.
  public init() {}

  /// Adds entries, or replaces those with the same file and key.
  public mutating func merge(_ new: [CatalogEntry]) {
    for entry in new {
      grid.add(PairEntry(entry))
      if let position = positions[entry.id] {
        entries[position] = entry
      } else {
        positions[entry.id] = entries.count
        entries.append(entry)
      }
    }
    entries.sort(by: Self.listOrder)
    reindex()
  }

  /// Removes the entries of files that a new walk no longer found.
  public mutating func keepOnly(_ ids: Set<ResultID>) {
    for entry in entries where !ids.contains(entry.id) { grid.remove(entry.id) }
    entries.removeAll { !ids.contains($0.id) }
    reindex()
  }

  /// The entry of `id`.
  public subscript(id: ResultID) -> CatalogEntry? { positions[id].map { entries[$0] } }

  /// The result that comes next by path, before `id` when `step` is negative, going round at the ends.
  func nearest(to id: ResultID, step: Int) -> ResultID? {
    let ids = entries.map(\.id).sorted()
    if step < 0 { return ids.last { $0 < id } ?? ids.last }
    return ids.first { $0 > id } ?? ids.first
  }

  /// Its place in the list.
  func position(of id: ResultID) -> Int? { positions[id] }

  /// The result of the other kind for the same models, in the same order of models where there is one.
  func companion(of id: ResultID) -> ResultID? {
    guard let entry = self[id] else { return nil }
    let kind: Comparison.Kind = entry.kind == .layers ? .minibatches : .layers
    return grid.entries(rows: entry.rows, columns: entry.columns, kind: kind).first
      ?? grid.entries(rows: entry.columns, columns: entry.rows, kind: kind).first
  }

  /// What the list calls an entry: its models; with their data sets where the same file compares them on
  /// others too; the file's name where that tells no more.
  func label(of entry: CatalogEntry) -> String {
    if sharedTitles.contains(entry.title) { return entry.name }
    let models = FileTitle(path: entry.id.path, kind: entry.kind, title: entry.title)
    guard (datasets[models] ?? []).count > 1 else { return entry.title }
    return [entry.rows, entry.columns].map { key in
      Axis(model: key.model, dataset: key.dataset, layers: []).title
    }.joined(separator: " × ")
  }

  private mutating func reindex() {
    positions = Dictionary(
      uniqueKeysWithValues: entries.enumerated().map { ($0.element.id, $0.offset) })
    var seen: Set<String> = []
    sharedTitles = []
    datasets = [:]
    for entry in entries {
      let models = FileTitle(path: entry.id.path, kind: entry.kind, title: entry.title)
      datasets[models, default: []].insert(entry.datasets)
    }
    for entry in entries
    where !seen.insert("\(entry.kind) \(entry.title) \(entry.datasets)").inserted {
      sharedTitles.insert(entry.title)
    }
  }

  private static func listOrder(_ a: CatalogEntry, _ b: CatalogEntry) -> Bool {
    if a.folder != b.folder { return naturalOrder(a.folder, b.folder) }
    if a.kind != b.kind { return a.kind == .layers }
    if a.name != b.name { return naturalOrder(a.name, b.name) }
    return a.id < b.id
  }
}
