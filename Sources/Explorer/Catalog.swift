import CKACore

/// What the list shows of one result, without its values.
public struct CatalogEntry: Sendable, Equatable, Identifiable {
  /// What kind of result it is, and what only that kind has.
  public enum Content: Sendable, Equatable {
    /// Values of CKA for a pair of models.
    case pair(Pair)
    /// Curves: how many series.
    case curves(series: Int)
  }

  /// A comparison without its values.
  public struct Pair: Sendable, Equatable {
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

    /// Equality of all but the mean, which may be NaN.
    public static func == (a: Pair, b: Pair) -> Bool {
      a.kind == b.kind && a.rows == b.rows && a.columns == b.columns && a.shape == b.shape
    }
  }

  /// File and key.
  public var id: ResultID
  /// The folder it was found in, as shown; results are grouped by it.
  public var folder: String
  /// The file's name without folder, and the key.
  public var name: String
  /// What it is.
  public var content: Content
  /// "ResNet18 × ResNet34", the title of curves, or the file's name where the file says neither.
  public let title: String
  /// What the list shows of it, in lower case, for searching.
  private(set) var searched = ""

  /// The entry of a result that was just read.
  public init(_ result: SavedResult, folder: String, name: String) {
    switch result {
    case .comparison(let comparison): self.init(comparison, folder: folder, name: name)
    case .curves(let curves): self.init(curves, folder: folder, name: name)
    }
  }

  /// The entry of a comparison.
  public init(_ comparison: Comparison, folder: String, name: String) {
    let pair = Pair(
      kind: comparison.kind, rows: ModelKey(comparison.rows),
      columns: ModelKey(comparison.columns),
      shape: (comparison.matrix.rows, comparison.matrix.columns), mean: comparison.summary.mean)
    (id, content) = (comparison.id, .pair(pair))
    (self.folder, self.name) = (folder, name)
    let isUnnamed = pair.rows.model.isEmpty && pair.columns.model.isEmpty
    title = isUnnamed ? name : "\(pair.rows.model) × \(pair.columns.model)"
    searched = "\(title) \(pair.datasets) \(name) \(folder)".lowercased()
  }

  /// The entry of curves.
  public init(_ curves: Curves, folder: String, name: String) {
    (id, content) = (curves.id, .curves(series: curves.series.count))
    (self.folder, self.name) = (folder, name)
    title = curves.title.isEmpty ? name : curves.title
    let names = curves.series.map(\.name).joined(separator: " ")
    searched = "\(title) \(names) \(name) \(folder)".lowercased()
  }

  /// The pair of models, of a comparison.
  public var pair: Pair? {
    if case .pair(let pair) = content { pair } else { nil }
  }

  /// The kinds in the order in which a folder lists them.
  fileprivate var rank: Int {
    switch content {
    case .pair(let pair): pair.kind == .layers ? 0 : 1
    case .curves: 2
    }
  }
}

extension CatalogEntry.Pair {
  /// The data sets, once when both are the same; torch_cka's leading "Dataset " is left out.
  public var datasets: String {
    let first = rows.dataset.withoutDatasetPrefix
    let second = columns.dataset.withoutDatasetPrefix
    return first == second ? first : "\(first) × \(second)"
  }
}

extension PairEntry {
  /// The entry's place in the grid of pairs; nil for what is no pair.
  fileprivate init?(_ entry: CatalogEntry) {
    guard let pair = entry.pair else { return nil }
    self.init(
      id: entry.id, kind: pair.kind, rows: pair.rows, columns: pair.columns,
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
      // A file that was read again may hold something else.
      grid.remove(entry.id)
      if let pair = PairEntry(entry) { grid.add(pair) }
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

  /// The comparison that comes next by path, before `id` when `step` is negative, going round at the ends.
  func nearest(to id: ResultID, step: Int) -> ResultID? {
    let ids = entries.lazy.filter { $0.pair != nil }.map(\.id).sorted()
    if step < 0 { return ids.last { $0 < id } ?? ids.last }
    return ids.first { $0 > id } ?? ids.first
  }

  /// Its place in the list.
  func position(of id: ResultID) -> Int? { positions[id] }

  /// The result of the other kind for the same models, in the same order of models where there is one.
  func companion(of id: ResultID) -> ResultID? {
    guard let pair = self[id]?.pair else { return nil }
    let kind: Comparison.Kind = pair.kind == .layers ? .minibatches : .layers
    return grid.entries(rows: pair.rows, columns: pair.columns, kind: kind).first
      ?? grid.entries(rows: pair.columns, columns: pair.rows, kind: kind).first
  }

  /// What the list calls an entry: its models; with their data sets where the same file compares them on
  /// others too; the file's name where that tells no more.
  func label(of entry: CatalogEntry) -> String {
    if sharedTitles.contains(entry.title) { return entry.name }
    guard let pair = entry.pair else { return entry.title }
    let models = FileTitle(path: entry.id.path, kind: pair.kind, title: entry.title)
    guard (datasets[models] ?? []).count > 1 else { return entry.title }
    return [pair.rows, pair.columns].map { key in
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
      guard let pair = entry.pair else { continue }
      let models = FileTitle(path: entry.id.path, kind: pair.kind, title: entry.title)
      datasets[models, default: []].insert(pair.datasets)
    }
    for entry in entries
    where !seen.insert("\(entry.rank) \(entry.title) \(entry.pair?.datasets ?? "")").inserted {
      sharedTitles.insert(entry.title)
    }
  }

  private static func listOrder(_ a: CatalogEntry, _ b: CatalogEntry) -> Bool {
    if a.folder != b.folder { return naturalOrder(a.folder, b.folder) }
    if a.rank != b.rank { return a.rank < b.rank }
    if a.name != b.name { return naturalOrder(a.name, b.name) }
    return a.id < b.id
  }
}
