import ArgumentParser
import Core
import Similarity

/// How commands find groups of results that differ in the seed alone.
enum SeedOptions {
  /// The pattern that an option gives; nil to find seeds in names.
  static func pattern(_ text: String?) throws -> SeedPattern? {
    guard let text else { return nil }
    guard let pattern = SeedPattern(text) else {
      throw ValidationError(
        "--group needs {name} and {seed}, something between them: {name}-seed{seed}")
    }
    return pattern
  }

  /// The groups among all results below `paths`, narrowed to a pair of models.
  /// - Throws: `ExitCode` 1 after a line that says why there is none.
  static func groups(
    in path: String, _ choice: ResultChoice, _ pattern: SeedPattern?
  ) throws -> [SeedGroup] {
    let results = try choice.results(in: path, kind: .layers, advice: advice).compactMap(
      \.comparison)
    let groups = SeedGroup.all(results, pattern: pattern)
    guard !groups.isEmpty else {
      throw fail(
        "\(path): no name tells a seed (cnn-seed3, cnn_s3, seed=3/cnn); --group '{name}-run{seed}' says "
          + "how names tell them")
    }
    return groups
  }

  /// The one group that fits.
  /// - Parameter side: "a" or "b", for the advice.
  static func group(
    in path: String, _ choice: ResultChoice, _ pattern: SeedPattern?, side: String
  ) throws -> SeedGroup {
    let groups = try groups(in: path, choice, pattern)
    let exact = groups.filter { choice.namesExactly($0.rows.model, $0.columns.model) }
    let fitting = exact.isEmpty ? groups : exact
    guard fitting.count == 1 else {
      let names = fitting.prefix(6).map(\.title).joined(separator: "; ")
      throw fail(
        "\(path): \(fitting.count) groups of seeds fit; choose with --pair-\(side) A,B: \(names)"
          + (fitting.count > 6 ? "; …" : ""))
    }
    let group = fitting[0]
    guard group.seeds.count > 1, group.members.count > 1 else {
      throw fail(
        "\(path): \(group.title) has \(group.members.count) "
          + "\(group.members.count == 1 ? "pair" : "pairs") of networks, seeds "
          + "\(group.seeds.joined(separator: ", ")): one says nothing of the scatter of seeds")
    }
    return group
  }

  private static let advice = "choose with --pair A,B, names without their seeds"
}
