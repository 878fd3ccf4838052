import Core
import Formats
import Foundation
import Recipe
import Similarity

/// What a run is asked for: a recipe, and the words for the record.
public struct RunRequest {
  /// Models and data, features or a backend; layers, measure and options.
  public var recipe: Recipe
  /// The command line, for the record.
  public var command: [String]
  /// Which shard of the run it is; nil for all of it.
  public var shard: ShardChoice?
  /// Where shards keep what a backend's first look has settled, so that all agree; nil for a place
  /// beside the output.
  public var planFile: String?
  /// The device that models run on instead of the recipe's, such as the second card of a machine:
  /// it computes as the first, and the record says what the recipe says.
  public var device: String?
  /// Devices, or nil for the recipe's, of the processes that the run is split among; empty to run
  /// in this one.
  public var devices: [String?] = []

  /// A request for `recipe`, which has been checked.
  public init(_ recipe: Recipe, command: [String]) {
    (self.recipe, self.command) = (recipe, command)
  }

  /// Seconds of silence after which a backend counts as stalled: long enough for weights on a slow
  /// disk.
  static let standardPatience = 600.0
}

extension RunRequest {
  /// Why a run that may stop early cannot be split: when it stops depends on all minibatches before.
  public static var stopsEarly: FormatError {
    FormatError(
      .request, "until-ci stops by what came before, which a shard does not know",
      remedy: "leave it out, or run it in one")
  }

  /// - Throws: when it cannot be split as it is to be.
  func checkShard() throws(FormatError) {
    guard shard != nil || !devices.isEmpty else { return }
    guard recipe[.untilCI] == nil else { throw Self.stopsEarly }
    let kinds = Set(
      devices.compactMap { device in
        let name = device.flatMap { $0.isEmpty ? nil : $0 } ?? recipe[.device]
        return name?.split(separator: ":").first.map(String.init)
      }
    ).subtracting(["auto"]).sorted()
    guard kinds.count < 2 else {
      throw FormatError(
        .request,
        "shards must run on devices of one kind, not \(SafeText.sanitise(kinds.joined(separator: ", "))):"
          + " others round otherwise",
        remedy: "name devices such as cuda:0,cuda:1")
    }
  }

  /// Where the plan of its shards is: beside its output, under a name that tells the backend's words
  /// and the files that it reads as they are now.
  func planPlace(_ words: String, files: [String]) -> String {
    if let planFile { return planFile }
    var hash = FileHash()
    for text in [words] + files.map({ Self.stamp(of: $0) }) {
      Array("\(text)\0".utf8).withUnsafeBytes { hash.add($0) }
    }
    let output = recipe[.output] ?? ""
    let folder = output.lastIndex(of: "/").map { String(output[...$0]) } ?? ""
    return "\(folder)cka-plan-\(hash.digits).json"
  }

  private static func stamp(of path: String) -> String {
    let file = SourceFile(at: path)
    return "\(file.path) \(file.bytes) \(file.modified)"
  }
}
