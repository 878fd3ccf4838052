import ArgumentParser
import Core
import Formats
import Foundation
import Similarity
import System

/// What is in result files, in words or as JSON.
struct Info: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what is in result files: names, shape, range, warnings.",
    discussion: """
      Of saved activations it says what cka compute would take them for: models, layers, samples, \
      minibatches, and what is doubtful. A file that holds no result is looked at in this way; with \
      --activations, or an option that only activations have, all paths are, as one comparison:

        cka info --axes layers,samples,tokens,features stack.pt
      """)

  @Argument(
    help: "Result files, and folders to search for them; or saved activations.", completion: .file()
  )
  var paths: [String]

  @Flag(help: "List the layers too, with kind and shape where they are known.")
  var layers = false

  @Flag(help: "Print one JSON array with an object for each result; layers are always in it.")
  var json = false

  @OptionGroup(title: "Options for saved activations")
  var reading: ActivationOptions

  func run() throws {
    if reading.areGiven { return try printActivations() }
    let (results, problems, activations) = readAll()
    if json {
      try StandardOutput.print(
        PrettyJSON.text(
          results.map(InfoRecord.init)
            + activations.map { .activations(ActivationsRecord($0)) }))
    } else {
      for result in results {
        let list = layers ? result.comparison.map(LayerList.lines) ?? [] : []
        try StandardOutput.print(([Self.describe(result)] + list).joined(separator: "\n"))
      }
      for file in activations { try StandardOutput.print(file.description(isLong: layers)) }
    }
    problems.forEach(complain)
    if !problems.isEmpty { throw ExitCode(1) }
  }

  /// What `paths` are as the activations of one comparison.
  private func printActivations() throws {
    do {
      let activations = try Activations(paths, reading.reading(paths))
      try StandardOutput.print(
        json
          ? PrettyJSON.text([InfoRecord.activations(ActivationsRecord(activations))])
          : activations.description(isLong: layers))
    } catch let error as FormatError {
      throw fail(error.description)
    }
  }

  /// The results below `paths`, and files of activations that were named themselves.
  private func readAll() -> (
    results: [SavedResult], problems: [String], activations: [Activations]
  ) {
    var results: [SavedResult] = []
    var problems: [String] = []
    var activations: [Activations] = []
    for path in paths {
      let found = Self.read([path])
      let areNoCKA =
        found.results.isEmpty
        || (found.results.allSatisfy(\.isBare) && found.results.contains(where: \.exceedsCKA))
      if areNoCKA, !Self.isFolder(path),
        let file = try? Activations([path], reading.reading([path])), !file.holdsCKA
      {
        activations.append(file)
      } else {
        results += found.results
        problems += found.problems
      }
    }
    return (results, problems, activations)
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
      && isFolder.boolValue
  }

  /// The words alone, for those who start the explorer where there is no terminal.
  static func summarise(_ paths: [String]) throws {
    // Only what was parsed has the values of its options.
    try Info.parse(["--"] + paths).run()
  }

  /// Every result below `paths`, and a line for every file that cannot be read.
  /// - Parameter skipped: a file that folders are searched as if without.
  static func read(
    _ paths: [String], skipping skipped: FileIdentity? = nil
  ) -> (results: [SavedResult], problems: [String]) {
    var files: [String] = []
    var problems: [String] = []
    var finder = FileFinder(
      skipping: skipped, found: { files.append($0) }, problem: { problems.append($0) })
    for path in paths { finder.visit(path) }
    var results: [SavedResult] = []
    HDF5Service.beginFolder()
    for file in files {
      do {
        results += try ResultFile.results(path: file)
      } catch {
        problems.append(error.description)
      }
    }
    if files.isEmpty, problems.isEmpty {
      let place = paths == ["."] ? "here" : "in \(paths.joined(separator: ", "))"
      problems.append("no result files \(place); name a file, or a folder that holds some")
    }
    return (results, problems)
  }

  private static func describe(_ result: SavedResult) -> String {
    switch result {
    case .comparison(let comparison): describe(comparison)
    case .curves(let curves): describe(curves)
    }
  }

  private static func describe(_ comparison: Comparison) -> String {
    let summary = comparison.summary
    let key = comparison.id.key.isEmpty ? "" : "  [\(SafeText.sanitise(comparison.id.key))]"
    let shape =
      comparison.kind == .layers
      ? "\(comparison.matrix.rows) × \(comparison.matrix.columns) layers"
      : "\(comparison.matrix.columns) \(comparison.matrix.columns == 1 ? "minibatch" : "minibatches")"
    var lines = [
      "\(SafeText.sanitise(comparison.id.path))\(key)",
      "  \(name(comparison.rows)) × \(name(comparison.columns))",
      "  \(shape), \(comparison.dtype), \(comparison.format)",
      "  min \(summary.minimum)  max \(summary.maximum)  mean \(summary.mean)\(leftOut(summary))",
    ]
    lines += madeOf(comparison)
    if let line = comparison.block?.nullLine { lines.append("  \(line)") }
    // Names in doubt have a warning already.
    let caveats = comparison.standing.map(\.description).filter {
      !comparison.warnings.contains($0)
    }
    lines += (caveats + comparison.warnings).map { "  warning: \($0)" }
    return lines.joined(separator: "\n")
  }

  /// Which models were run, how, and by what; nothing where the file does not tell.
  private static func madeOf(_ comparison: Comparison) -> [String] {
    let models = comparison.specifications.map { "  made by \($0)" }
    guard let origin = comparison.origin else { return models }
    let parts = [("with", origin.settingsText), ("versions", origin.versionsText)]
    let changes = origin.sources.compactMap { $0.change($0.state(hashingUpTo: hashedBytes)) }
    return models + parts.filter { !$0.1.isEmpty }.map { "  \($0.0) \($0.1)" }
      + changes.map { "  warning: \($0)" }
  }

  /// A file whose date is another is read to see whether its bytes are, up to this size: a second
  /// or two.
  static let hashedBytes = 4 << 30

  private static func describe(_ curves: Curves) -> String {
    let key = curves.id.key.isEmpty ? "" : "  [\(SafeText.sanitise(curves.id.key))]"
    let named = { (name: String) in name.isEmpty ? "(no name)" : name }
    let count = curves.series.count == 1 ? "1 curve" : "\(curves.series.count) curves"
    var lines = ["\(SafeText.sanitise(curves.id.path))\(key)"]
    if !curves.title.isEmpty { lines.append("  \(curves.title)") }
    lines += [
      "  \(count), \(curves.format)",
      "  x \(named(curves.xName))  y \(named(curves.yName))  "
        + "error bars: \(curves.errorBar?.name ?? "none")",
    ]
    for series in curves.series {
      let points = series.x.count == 1 ? "1 point" : "\(series.x.count) points"
      let (low, high) = series.means.map { ($0.lowerBound, $0.upperBound) } ?? (.nan, .nan)
      lines.append(
        "  \(named(series.name)): \(points)  x \(series.span.lowerBound) to "
          + "\(series.span.upperBound)  min \(low)  max \(high)")
    }
    if !curves.caption.isEmpty { lines.append("  caption: \(curves.caption)") }
    lines += curves.warnings.map { "  warning: \($0)" }
    return lines.joined(separator: "\n")
  }

  /// Which values the three numbers do not speak of.
  private static func leftOut(_ summary: Summary) -> String {
    let left = [(summary.nanCount, "NaN"), (summary.infiniteCount, "infinite")].filter { $0.0 > 0 }
    guard !left.isEmpty else { return "" }
    return "  (without \(left.map { "\($0.0) \($0.1)" }.joined(separator: " and ")))"
  }

  private static func name(_ axis: Axis) -> String {
    let model = axis.model.isEmpty ? "(no name)" : axis.model
    return axis.dataset.isEmpty ? model : "\(model) on \(axis.dataset)"
  }
}

extension SavedResult {
  /// A matrix without any name: of what, nobody says.
  fileprivate var isBare: Bool {
    guard let comparison, comparison.block == nil else { return false }
    return [comparison.rows, comparison.columns].allSatisfy {
      $0.model.isEmpty && $0.layersAreGenerated
    }
  }

  /// It has values that CKA has not, as activations do.
  fileprivate var exceedsCKA: Bool {
    guard let summary = comparison?.summary else { return false }
    return summary.maximum > 1.001 || summary.minimum < -1.001
  }
}
