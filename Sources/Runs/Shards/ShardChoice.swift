import Core
import Formats
import Similarity

/// Which of several runs of one recipe a run is: `number` of `count`, counted from 1.
public struct ShardChoice: Sendable, Hashable, CustomStringConvertible {
  /// From 1 to `count`.
  public let number: Int
  /// How many there are.
  public let count: Int

  /// Most shards of one run.
  public static let most = 10_000

  /// Shard `number` of `count`.
  /// - Throws: `FormatError` when there is no such one.
  public init(_ number: Int, of count: Int) throws(FormatError) {
    guard (1...Self.most).contains(count), (1...count).contains(number) else {
      throw FormatError(
        .request,
        "shard must be NUMBER/COUNT with NUMBER from 1 to COUNT and COUNT at most \(Self.most), "
          + "not '\(number)/\(count)'")
    }
    (self.number, self.count) = (number, count)
  }

  /// What `text` says: "3/16", or "auto" for what a Slurm array or torchrun tells in `environment`.
  /// - Throws: `FormatError` when it says nothing of the kind.
  public init(_ text: String, environment: [String: String]) throws(FormatError) {
    if text == "auto" {
      self = try Self.automatic(environment)
      return
    }
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let number = parts[0], let count = parts[1] else {
      throw FormatError(
        .request,
        "shard must be NUMBER/COUNT, such as 3/16, or auto, not '\(SafeText.sanitise(text))'")
    }
    try self.init(number, of: count)
  }

  /// "3/16".
  public var description: String { "\(number)/\(count)" }

  /// Its minibatches, of `total`.
  public func shard(of total: Int) -> Shard {
    Shard.split(total: total, into: count)[number - 1]
  }

  private static func automatic(
    _ environment: [String: String]
  ) throws(FormatError) -> ShardChoice {
    func number(_ name: String) -> Int? { environment[name].flatMap { Int($0) } }
    if let task = number("SLURM_ARRAY_TASK_ID") {
      let (first, last) = (number("SLURM_ARRAY_TASK_MIN") ?? task, number("SLURM_ARRAY_TASK_MAX"))
      let step = max(1, number("SLURM_ARRAY_TASK_STEP") ?? 1)
      guard let count = number("SLURM_ARRAY_TASK_COUNT"),
        last.map({ ($0 - first) / step + 1 == count }) ?? true, (task - first) % step == 0
      else {
        throw FormatError(
          .request, "the Slurm array has gaps, so that its tasks cannot be counted",
          remedy: "say --shard NUMBER/COUNT")
      }
      // Tasks that are submitted again count themselves alone: of --array=3 the third is "1 of 1".
      guard first == 0 || first == 1 else {
        throw FormatError(
          .request,
          "the Slurm array begins with task \(first), so that it may be a part of another one",
          remedy: "number the array from 0 or 1, or say --shard NUMBER/COUNT with the COUNT of all")
      }
      return try ShardChoice((task - first) / step + 1, of: count)
    }
    // torchrun, accelerate and Lightning.
    if let rank = number("RANK"), let count = number("WORLD_SIZE") {
      return try ShardChoice(rank + 1, of: count)
    }
    throw FormatError(
      .request,
      "--shard auto needs SLURM_ARRAY_TASK_ID and _COUNT, or RANK and WORLD_SIZE, in the environment",
      remedy: "run it in a Slurm array or by torchrun, or say --shard NUMBER/COUNT")
  }
}
