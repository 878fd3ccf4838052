import ArgumentParser
import CKACore
import Formats

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

  func run() throws {
    let (comparisons, problems) = Info.read(paths)
    problems.forEach(complain)
    guard problems.isEmpty, !comparisons.isEmpty else { throw ExitCode(1) }
    do {
      try AtomicFile.write(try encode(Self.keyed(comparisons)), to: output)
    } catch let error as FormatError {
      throw fail(error.description)
    }
    complain(
      "wrote \(comparisons.count) \(comparisons.count == 1 ? "result" : "results") to \(output)")
  }

  /// Several results in one file need a key each: their own, or the name of the file they came from.
  static func keyed(_ comparisons: [Comparison]) -> [Comparison] {
    guard comparisons.count > 1 else { return comparisons }
    var taken: Set<String> = []
    return comparisons.map { comparison in
      var keyed = comparison
      let file = comparison.id.path.split(separator: "/").last ?? "result"
      let stem = file.split(separator: ".").first.map(String.init) ?? "result"
      let name = comparison.id.key.isEmpty ? stem : "\(stem) \(comparison.id.key)"
      keyed.id.key = name
      var number = 2
      while !taken.insert(keyed.id.key).inserted {
        keyed.id.key = "\(name) (\(number))"
        number += 1
      }
      return keyed
    }
  }

  private func encode(_ comparisons: [Comparison]) throws -> [UInt8] {
    let name = output.lowercased()
    if name.hasSuffix(".safetensors") { return try ResultBundle.encode(comparisons) }
    if name.hasSuffix(".npz") { return try ResultWriter.npz(comparisons) }
    if name.hasSuffix(".json") { return ResultWriter.json(comparisons) }
    guard name.hasSuffix(".csv") else {
      throw ValidationError("-o must end in .cka.safetensors, .npz, .json or .csv")
    }
    guard comparisons.count == 1 else {
      throw FormatError(
        "\(comparisons.count) results do not fit into one CSV file",
        remedy: "name one file, or write .json, .npz or .cka.safetensors")
    }
    return ResultWriter.csv(comparisons[0])
  }
}
