import Core
import Similarity

/// The results that differ from the one on the screen in the seed alone.
struct SeedCompany: Sendable {
  /// What it was looked for with.
  struct Key: Sendable, Equatable {
    let shown: ResultID
    let generation: Int
    /// The catalogue's, which grows while folders are walked.
    let revision: Int
    let labelOrder: LabelOrder
  }
  let key: Key
  /// Results that have to be read first.
  let missing: [ResultID]
  /// They have been asked for.
  var isAsked = false
  /// The group, as far as it has been read.
  private(set) var group: SeedGroup?
  private var values: SeedValues?
  private var found: [Comparison]

  /// Most results that are read for it.
  static let most = 64

  init(_ key: Key, shown: Comparison, found: [Comparison], missing: [ResultID]) {
    (self.key, self.missing, self.found) = (key, missing, [shown] + found)
    regroup()
  }

  /// Takes in results that were read for it.
  mutating func add(_ results: [Comparison]) {
    found += results.filter { result in missing.contains(result.id) }
    regroup()
  }

  private mutating func regroup() {
    let ids = Set(found.map(\.id))
    group = SeedGroup.all(found).first { group in
      group.members.contains { $0.comparison.id == key.shown } && ids.contains(key.shown)
    }
    values = group.flatMap { $0.members.count > 1 ? SeedValues($0, order: key.labelOrder) : nil }
  }

  /// Mean and scatter of a cell of the result on the screen, by its place in the file; nil where
  /// there is one seed only.
  func figures(row: Int, column: Int) -> SeedValues.Figures? {
    guard let values, values.pairs > 1, row < values.rows.count, column < values.columns.count
    else {
      return nil
    }
    let figures = values.figures(row: row, column: column)
    return figures.deviation.isNaN ? nil : figures
  }

  /// Seeds that are averaged.
  var seedCount: Int { values?.seedCount ?? 0 }
}

extension State {
  /// Looks for other seeds of the result on the screen; cheap while nothing has changed.
  mutating func prepareSeeds() {
    guard scan.isFinished, difference == nil, let shown = open(.layers)?.comparison else {
      if !scan.isFinished || difference == nil { seeds = nil }
      return
    }
    let key = SeedCompany.Key(
      shown: shown.id, generation: generation, revision: catalog.revision,
      labelOrder: settings.labelOrder)
    guard seeds?.key != key else { return }
    seeds = company(key, of: shown)
  }

  /// The results with the names of `shown` but for the seeds. Those of the same study are made of
  /// it; others must be read.
  private func company(_ key: SeedCompany.Key, of shown: Comparison) -> SeedCompany? {
    let group = { (rows: ModelKey, columns: ModelKey, path: String) in
      SeedGroup.place(rows: rows, columns: columns, path: path)?.key
    }
    guard let own = group(ModelKey(shown.rows), ModelKey(shown.columns), shown.id.path) else {
      return nil
    }
    var (found, missing): ([Comparison], [ResultID]) = ([], [])
    for entry in catalog.entries where entry.id != shown.id {
      guard let pair = entry.pair, pair.kind == .layers,
        group(pair.rows, pair.columns, entry.id.path) == own,
        found.count + missing.count < SeedCompany.most
      else { continue }
      if let block = entry.id.path == shown.id.path ? shown.block : nil,
        let other = block.study.comparison(entry.id, rows: pair.rows, columns: pair.columns)
      {
        found.append(other)
      } else {
        missing.append(entry.id)
      }
    }
    return found.isEmpty && missing.isEmpty
      ? nil : SeedCompany(key, shown: shown, found: found, missing: missing)
  }

  /// What has to be read for it, once.
  mutating func askForSeeds() -> [Effect] {
    guard let seeds, !seeds.isAsked, !seeds.missing.isEmpty else { return [] }
    self.seeds?.isAsked = true
    return [.readSeeds(seeds.missing)]
  }

  /// Mean and scatter between seeds of the cell under the crosshair, in words: "0.62 ± 0.05, 5
  /// seeds"; nil where there are none.
  var seedText: String? {
    guard let seeds, difference == nil, let arrangement, !arrangement.isEmpty,
      crosshair.row < arrangement.rowIndices.count,
      crosshair.column < arrangement.columnIndices.count,
      let figures = seeds.figures(
        row: arrangement.rowIndices[crosshair.row],
        column: arrangement.columnIndices[crosshair.column])
    else { return nil }
    return "\(figures.mean.fixed(4)) ± \(figures.deviation.halfWidthText), \(seeds.seedCount) seeds"
  }

  /// The same for the window of information, with the pairs that are averaged.
  var seedLines: [String] {
    guard let seeds, let group = seeds.group else { return [] }
    let width = max(20, min(92, terminal.size.width - 10))
    guard let seedText else {
      let known = seeds.missing.isEmpty || seeds.isAsked
      return ["Other seeds"]
        + Self.wrap(
          known ? "\(group.pairsText): no scatter to tell here" : "being read", width: width)
    }
    return ["Other seeds"]
      + Self.wrap("\(seedText) (mean ± deviation between seeds, at the crosshair)", width: width)
      + Self.wrap("\(group.title): \(group.pairsText)", width: width)
      + Self.wrap("the 95 % interval of one result does not hold the chance of seeds", width: width)
  }
}

extension Study {
  /// The block of the models with these keys, as a result; nil unless each is one model's.
  fileprivate func comparison(
    _ id: ResultID, rows: ModelKey, columns: ModelKey
  ) -> Comparison? {
    let places = [rows, columns].map { key in
      models.indices.filter { ModelKey(models[$0].axis) == key }
    }
    guard places.allSatisfy({ $0.count == 1 }) else { return nil }
    let block = StudyBlock(study: self, rowModel: places[0][0], columnModel: places[1][0])
    return Comparison(
      id: id, format: "", kind: .layers, rows: models[places[0][0]].axis,
      columns: models[places[1][0]].axis, matrix: block.matrix(), block: block)
  }
}
