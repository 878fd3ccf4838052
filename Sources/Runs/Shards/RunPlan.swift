import Core
import Formats
import Foundation
import Glibc
import Similarity
import System

/// What a first look at a recipe's models and data settles, so that all shards agree on it: models,
/// layers with their shapes, and minibatches; and what a backend has settled for itself, such as
/// which layers repeat others, and how weights lie in memory.
public struct RunPlan: Codable, Equatable, Sendable {
  /// The form of the file.
  private var version = 1
  private var models: [Model]
  private var samples: [Int]
  /// What a backend has settled, as the text that it sent; nil where it settles nothing.
  private(set) var backend: String?

  private struct Model: Codable, Equatable {
    var name, dataset: String
    var layers: [String]
    var shapes: [[Int]]
  }

  /// The variable in which a backend finds the file of the plan that it has to keep to.
  static let variable = "CKA_BACKEND_PLAN"
  /// A plan of 100,000 layers takes 20 MB.
  private static let mostBytes = 1 << 28

  init(models: [StudyModel], sampleCounts: [Int], backend: String?) {
    self.models = models.map { model in
      Model(
        name: model.name, dataset: model.dataset, layers: model.layers.map(\.name),
        shapes: model.layers.map(\.shape))
    }
    samples = sampleCounts
    self.backend = backend
  }

  /// The plan in the file at `path`; nil where there is none yet.
  init?(path: String) throws(FormatError) {
    guard access(path, F_OK) == 0 else { return nil }
    do {
      let tail = try FileTail(path, limit: Self.mostBytes)
      self = try JSONDecoder().decode(RunPlan.self, from: Data(tail.bytes))
    } catch {
      throw FormatError(
        .foreign, "is no plan of a run", remedy: "remove it, and run all shards again",
        file: SafeText.sanitise(path))
    }
  }

  /// Always the same bytes for the same plan.
  private var text: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Texts and whole numbers can always be said.
    return (try? encoder.encode(self)).map { Array($0) } ?? []
  }

  /// Tells plans apart; parts of one whole have the same one.
  var hash: String {
    var hash = FileHash()
    text.withUnsafeBytes { hash.add($0) }
    return hash.text
  }

  /// Writes the plan to `path`, unless another shard was first.
  /// - Returns: the plan that is there then, which is the one to keep to.
  func settled(at path: String) throws(FormatError) -> RunPlan {
    do throws(SystemError) {
      let file = try FileReplacement(of: path)
      try file.write(text)
      try file.commitIfFirst()
    } catch {
      throw FormatError(.unwritable, error.description, file: SafeText.sanitise(path))
    }
    return try RunPlan(path: path) ?? self
  }

  /// Why `other`, of the same recipe, cannot be run by this plan; nil when it can.
  func objection(to other: RunPlan) -> String? {
    if models != other.models { return "it compares other models or layers" }
    return samples == other.samples ? nil : "it has other minibatches"
  }
}
