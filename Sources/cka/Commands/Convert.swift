import ArgumentParser
import Core
import Formats
import Similarity
import System

/// Results from any format into one of ours.
struct Convert: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Convert results to a native bundle (.cka.safetensors), NPZ, JSON or CSV.")

  @Argument(help: "Result files, and folders to search for them.", completion: .file())
  var paths: [String]

  @Option(
    name: [.short, .long], help: "The file to write; its name says the format.", completion: .file()
  )
  var output: String

  func validate() throws { _ = try container() }

  func run() throws {
    let container = try container()
    let (results, problems) = Info.read(paths, skipping: FileIdentity(output))
    problems.forEach(complain)
    guard problems.isEmpty, !results.isEmpty else { throw ExitCode(1) }
    do {
      try Export.refuse(output, among: results.map(\.id.path))
      let (bytes, count) = try encode(results, as: container)
      try AtomicFile.write(bytes, to: output)
      complain("wrote \(count) \(count == 1 ? "result" : "results") to \(output)")
      tellCaveats(of: results.compactMap(\.comparison), order: .exported, remedy: "")
    } catch let error as FormatError {
      throw fail(error.description)
    }
  }

  /// The file's bytes and how many results are in it: the comparisons, or curves where there is
  /// nothing else.
  private func encode(
    _ results: [SavedResult], as container: Container
  ) throws -> (bytes: [UInt8], count: Int) {
    let (comparisons, curves) = (
      results.compactMap(\.comparison), results.compactMap(\.curves)
    )
    guard !comparisons.isEmpty else { return (try encode(curves, as: container), curves.count) }
    for left in curves {
      complain(
        "\(SafeText.sanitise(left.id.path)): left out: curves and comparisons are not put into one file"
      )
    }
    return (try encode(comparisons, as: container), comparisons.count)
  }

  private func encode(_ curves: [Curves], as container: Container) throws -> [UInt8] {
    switch container {
    case .json: return ResultWriter.json(curves)
    case .csv where curves.count == 1: return ResultWriter.csv(curves[0])
    case .csv:
      throw FormatError(
        .request, "\(curves.count) results do not fit into one CSV file",
        remedy: "name one file, or write .json")
    case .bundle, .npz:
      throw FormatError(
        .request, "curves are not put into \(container == .npz ? "npz" : "bundles")",
        remedy: "write .json or .csv")
    }
  }

  private func container() throws -> Container {
    guard let container = Container(path: output) else {
      throw ValidationError("-o must end in .cka.safetensors, .npz, .json or .csv")
    }
    return container
  }

  /// Several results in one file need a key each: their own, or the name of the file they came
  /// from.
  static func keyed(_ comparisons: [Comparison]) -> [Comparison] {
    guard comparisons.count > 1 else { return comparisons }
    var taken: Set<String> = []
    return comparisons.map { comparison in
      var keyed = comparison
      let stem = FileStem.of(path: comparison.id.path)
      // Before the keys are made unique: two names may look alike once they are safe to show.
      let name = SafeText.sanitise(
        comparison.id.key.isEmpty ? stem : "\(stem) \(comparison.id.key)")
      keyed.id.key = name
      var number = 2
      while !taken.insert(keyed.id.key).inserted {
        keyed.id.key = "\(name) (\(number))"
        number += 1
      }
      return keyed
    }
  }

  private func encode(_ found: [Comparison], as container: Container) throws -> [UInt8] {
    if let study = try study(of: found, as: container) { return study }
    let comparisons = Self.keyed(found)
    switch container {
    case .bundle: return try ResultBundle.encode(comparisons)
    case .npz: return try ResultWriter.npz(comparisons)
    case .json: return ResultWriter.json(comparisons)
    case .csv:
      guard comparisons.count == 1 else {
        throw FormatError(
          .request, "\(comparisons.count) results do not fit into one CSV file",
          remedy: "name one file, or write .json, .npz or .cka.safetensors")
      }
      return ResultWriter.csv(comparisons[0])
    }
  }
}

extension Convert {
  /// The bundle of the study that is the only input. Where a study is one of several inputs, or
  /// goes into another container, only its matrices are kept, which deserves a word.
  private func study(of found: [Comparison], as container: Container) throws -> [UInt8]? {
    let bundles = Set(found.filter { $0.block != nil }.map(\.id.path))
    for path in bundles.sorted() {
      guard let record = try ResultBundle.record(path: path) else { continue }
      if container == .bundle, found.allSatisfy({ $0.id.path == path }) {
        return try ResultBundle.encode(record.study, provenance: record.provenance)
      }
      complain("\(path): only the matrices of its study are kept")
    }
    return nil
  }
}

/// What results are converted to, by the name of the file.
private enum Container: String, CaseIterable {
  case bundle = ".safetensors"
  case npz = ".npz"
  case json = ".json"
  case csv = ".csv"

  init?(path: String) {
    let name = path.lowercased()
    guard let found = Self.allCases.first(where: { name.hasSuffix($0.rawValue) }) else {
      return nil
    }
    self = found
  }
}
