import Core
import Similarity

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
    /// Names of the layers of the rows and of the columns; empty for minibatches.
    public var layers: (rows: [String], columns: [String])

    /// Equality of all but the mean, which may be NaN.
    public static func == (a: Pair, b: Pair) -> Bool {
      a.kind == b.kind && a.rows == b.rows && a.columns == b.columns && a.shape == b.shape
        && a.layers == b.layers
    }
  }

  /// File and key.
  public var id: ResultID
  /// The folder it was found in, as shown.
  public let folder: String
  /// The file's name without folder, and the key.
  public let name: String
  /// The line of the list that it stands under: its folder, and below that its file where the file
  /// holds several results.
  let heading: String
  /// What tells it from the others under its heading: the file's name, or the key in the file.
  let place: String
  /// What it is.
  public var content: Content
  /// "ResNet18 × ResNet34", the title of curves, or the file's name where the file says neither.
  public let title: String
  /// Marks of what must be said of it: "partial"; empty where nothing must.
  private(set) var marks = ""
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
      shape: (comparison.matrix.rows, comparison.matrix.columns), mean: comparison.summary.mean,
      layers: (comparison.rows.layers, comparison.columns.layers))
    (id, content) = (comparison.id, .pair(pair))
    (self.folder, self.name) = (folder, name)
    (heading, place) = Self.place(of: name, in: folder, path: id.path)
    let isUnnamed = pair.rows.model.isEmpty && pair.columns.model.isEmpty
    title =
      isUnnamed
      ? name
      : "\(pair.rows.model.withoutBlanksAround) × \(pair.columns.model.withoutBlanksAround)"
    marks = comparison.standing.marks
    searched = "\(title) \(pair.datasets) \(name) \(folder) \(marks)".lowercased()
  }

  /// The entry of curves.
  public init(_ curves: Curves, folder: String, name: String) {
    (id, content) = (curves.id, .curves(series: curves.series.count))
    (self.folder, self.name) = (folder, name)
    (heading, place) = Self.place(of: name, in: folder, path: id.path)
    title = curves.title.isEmpty ? name : curves.title
    let names = curves.series.map(\.name).joined(separator: " ")
    searched = "\(title) \(names) \(name) \(folder)".lowercased()
  }

  /// The heading of an entry, and what is left to say below it.
  private static func place(
    of name: String, in folder: String, path: String
  ) -> (heading: String, place: String) {
    let file = SafeText.sanitise(path.split(separator: "/").last.map(String.init) ?? path)
    guard name.hasPrefix(file + " ") else { return (folder, name) }
    let bundle = file.hasSuffix(bundleEnding) ? String(file.dropLast(bundleEnding.count)) : file
    return (
      folder == "." ? bundle : "\(folder)/\(bundle)", String(name.dropFirst(file.count + 1))
    )
  }

  private static let bundleEnding = ".cka.safetensors"

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
  public var datasets: String { Self.datasets(rows, columns) }

  /// The data sets of two models.
  static func datasets(_ rows: ModelKey, _ columns: ModelKey) -> String {
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

/// The results found so far, grouped by folder and by file where a file holds several, in natural
/// order.
public struct Catalog: Sendable {
  /// The entries in list order.
  public private(set) var entries: [CatalogEntry] = []
  /// The entries as a grid of model pairs.
  private(set) var grid = PairGrid([])
  private var positions: [ResultID: Int] = [:]
  /// Every list of layer names: results of one model share theirs.
  private var layerLists: Set<[String]> = []
  /// Counts changes, so that what was derived from the entries is made anew.
  private(set) var revision = 0
  /// How many results of each title there are on each data set.
  private var datasets: [Title: [String: Int]] = [:]

  /// What a heading's results may have in common.
  private struct Title: Hashable, Sendable {
    var heading: String
    var rank: Int
    var title: String

    init(_ entry: CatalogEntry) {
      (heading, rank, title) = (entry.heading, entry.rank, entry.title)
    }
  }

  /// Nothing found yet.
  public init() {}

  /// Adds entries, or replaces those with the same file and key.
  public mutating func merge(_ new: [CatalogEntry]) {
    for entry in new {
      // A file that was read again may hold something else.
      grid.remove(entry.id)
      if let pair = PairEntry(entry) { grid.add(pair) }
      let entry = sharingLayers(entry)
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

  /// `id` if it is one of `ids`; else the next in the list that is, or the last before it.
  func survivor(of id: ResultID?, among ids: Set<ResultID>) -> ResultID? {
    guard let position = id.flatMap({ positions[$0] }) else { return id }
    return entries[position...].first { ids.contains($0.id) }?.id
      ?? entries[..<position].last { ids.contains($0.id) }?.id
  }

  /// Its place in the list.
  func position(of id: ResultID) -> Int? { positions[id] }

  /// The result of the other kind for the same models, in the same order of models where there is
  /// one.
  func companion(of id: ResultID) -> ResultID? {
    guard let pair = self[id]?.pair else { return nil }
    let kind: Comparison.Kind = pair.kind == .layers ? .minibatches : .layers
    return grid.entries(rows: pair.rows, columns: pair.columns, kind: kind).first
      ?? grid.entries(rows: pair.columns, columns: pair.rows, kind: kind).first
  }

  /// What the list calls an entry: its models; with their data sets where its heading has the same
  /// models on others too; the file's name, or the key in the file, where that tells no more.
  func label(of entry: CatalogEntry) -> String {
    let counts = datasets[Title(entry)] ?? [:]
    if counts[entry.pair?.datasets ?? "", default: 0] > 1 { return entry.place }
    guard counts.count > 1, let pair = entry.pair else { return entry.title }
    return "\(pair.rows.title) × \(pair.columns.title)"
  }

  private mutating func sharingLayers(_ entry: CatalogEntry) -> CatalogEntry {
    guard case .pair(var pair) = entry.content else { return entry }
    pair.layers.rows = layerLists.insert(pair.layers.rows).memberAfterInsert
    pair.layers.columns = layerLists.insert(pair.layers.columns).memberAfterInsert
    var entry = entry
    entry.content = .pair(pair)
    return entry
  }

  private mutating func reindex() {
    positions = Dictionary(
      uniqueKeysWithValues: entries.enumerated().map { ($0.element.id, $0.offset) })
    datasets = [:]
    for entry in entries {
      datasets[Title(entry), default: [:]][entry.pair?.datasets ?? "", default: 0] += 1
    }
    revision += 1
  }

  private static func listOrder(_ a: CatalogEntry, _ b: CatalogEntry) -> Bool {
    if a.folder != b.folder { return naturalOrder(a.folder, b.folder) }
    // What lies in the folder itself comes before the files that are headings of their own.
    if a.heading != b.heading {
      if a.heading == a.folder || b.heading == b.folder { return a.heading == a.folder }
      return naturalOrder(a.heading, b.heading)
    }
    if a.rank != b.rank { return a.rank < b.rank }
    if a.name != b.name { return naturalOrder(a.name, b.name) }
    return a.id < b.id
  }
}
