import Dispatch
import Synchronization

/// Tasks that several threads take from one list.
enum Workers {
  /// Most threads that are of use.
  static let most = 256

  /// Calls `body` once for each task 0 ..< `tasks`, on up to `threads` threads at a time; two calls
  /// with the same `worker` never overlap. After an error no further task is begun, and the first
  /// error is thrown once all running tasks have ended.
  static func run(
    tasks: Int, threads: Int, body: @Sendable (_ worker: Int, _ task: Int) throws -> Void
  ) throws {
    let next = Atomic(0)
    let failure = Mutex<(any Error)?>(nil)
    DispatchQueue.concurrentPerform(iterations: max(1, min(threads, tasks))) { worker in
      while true {
        let task = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard task < tasks else { return }
        do {
          try body(worker, task)
        } catch {
          failure.withLock { $0 = $0 ?? error }
          next.store(tasks, ordering: .relaxed)
        }
      }
    }
    if let error = failure.withLock({ $0 }) { throw error }
  }
}
