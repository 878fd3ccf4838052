import Foundation

/// How often an unfinished result is worth saving: at most every second, and so seldom that saving
/// takes under 1 % of the time, and those who read it again each time, as much again.
public struct CheckpointPace {
  /// Set in the environment: the fewest seconds between two checkpoints, and before the first; 0
  /// for one after every minibatch.
  public static let variable = "CKA_CHECKPOINT_SECONDS"

  private let clock = ContinuousClock()
  private let interval: Duration
  private let sparsity: Int
  private var due: ContinuousClock.Instant

  /// The pace that `environment` asks for, from now on.
  public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
    let wish = environment[Self.variable].flatMap { Double($0) }.flatMap {
      (0...1e6) ~= $0 ? $0 : nil
    }
    interval = .seconds(wish ?? 1)
    sparsity = wish == 0 ? 0 : 100
    due = clock.now + interval
  }

  /// Calls `save` when it is time.
  public mutating func saveIfDue(_ save: () throws -> Void) rethrows {
    let begin = clock.now
    guard begin >= due else { return }
    try save()
    let end = clock.now
    due = end + max(interval, (end - begin) * sparsity)
  }
}
