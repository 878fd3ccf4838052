import Cells
import Core

/// The list of jobs in front of the panes.
public struct JobsBoard: Sendable, Equatable {
  /// The name of the job under the cursor; the first one's when there is no such job.
  public var chosen: String?
  /// The next key says whether the chosen job is removed.
  public var isAskingToRemove = false

  /// The place of the chosen job in `jobs`.
  func index(in jobs: [JobLine]) -> Int { jobs.firstIndex { $0.id == chosen } ?? 0 }

  /// The chosen job.
  func job(in jobs: [JobLine]) -> JobLine? { jobs.isEmpty ? nil : jobs[index(in: jobs)] }
}

// MARK: Keys

extension WindowCommand {
  static let jobs: [WindowCommand] = [
    WindowCommand(
      [.enter], "open the result, also while it is being computed",
      hint: { $0.chosenJob?.result == nil ? nil : "opens" }
    ) {
      $0.askOfJob { job, state in
        job.result == nil
          ? state.note("no result yet: the first minibatch is under way")
          : [.jobs(.open(job.id))]
      }
    },
    WindowCommand(
      [.character("i")], "all that is known of it, and its last words",
      hint: { $0.chosenJob == nil ? nil : "more" }
    ) { $0.askOfJob { job, _ in [.jobs(.details(job.id))] } },
    WindowCommand(
      [.character("c")], "cancel; what was computed stays",
      hint: { $0.chosenJob?.state.isLive == true ? "cancels" : nil }
    ) {
      $0.askOfJob { job, state in
        job.state.isLive ? [.jobs(.cancel(job.id))] : state.note("it is over: nothing to cancel")
      }
    },
    WindowCommand(
      [.character("r")], "resume from the last checkpoint",
      hint: { $0.chosenJob?.state.canResume == true ? "resumes" : nil }
    ) {
      $0.askOfJob { job, state in
        job.state.canResume
          ? [.jobs(.resume(job.id))]
          : state.note("only what failed, died or was cancelled can go on")
      }
    },
    WindowCommand(
      [.character("t")], "the same again from the beginning, as a new job",
      hint: { $0.chosenJob == nil ? nil : "again" }
    ) { $0.askOfJob { job, _ in [.jobs(.retry(job.id))] } },
    WindowCommand(
      [.character("e")], "edit: the form, filled in with what the job was asked to do",
      hint: { $0.chosenJob == nil ? nil : "edit" }
    ) { $0.askOfJob { job, _ in [.jobs(.edit(job.id))] } },
    WindowCommand(
      [.character("l")], "the end of its log", hint: { $0.chosenJob == nil ? nil : "log" }
    ) { $0.askOfJob { job, _ in [.jobs(.log(job.id))] } },
    WindowCommand(
      [.character("d")], "remove, after y",
      hint: { $0.chosenJob?.state.isLive == false ? "removes" : nil }
    ) {
      $0.askOfJob { job, state in
        guard !job.state.isLive else { return state.note("it is at work: cancel it first (c)") }
        state.overlay = .jobs(JobsBoard(chosen: job.id, isAskingToRemove: true))
        return []
      }
    },
    WindowCommand(
      [.character("n"), .character("S")], "a new comparison", hint: { _ in "new" }
    ) {
      $0.openForm()
      return []
    },
    WindowCommand([.up, .character("k")], "one up") { $0.moveBoard(by: -1) },
    WindowCommand([.down, .character("j")], "one down") { $0.moveBoard(by: 1) },
    WindowCommand([.pageUp], "ten up") { $0.moveBoard(by: -10) },
    WindowCommand([.pageDown], "ten down") { $0.moveBoard(by: 10) },
    WindowCommand([.home, .character("g")], "to the newest") { $0.moveBoard(by: -$0.jobs.count) },
    WindowCommand([.end, .character("G")], "to the oldest") { $0.moveBoard(by: $0.jobs.count) },
    WindowCommand(
      [.escape, .character("q"), .character("W"), .control("c"), .control("g")], "leave",
      hint: { _ in "leaves" }
    ) {
      $0.overlay = nil
      return []
    },
  ]
}

extension State {
  mutating func boardKey(_ key: Key, _ board: JobsBoard) -> [Effect] {
    message = nil
    if board.isAskingToRemove {
      overlay = .jobs(JobsBoard(chosen: board.chosen))
      return answerRemoval(key, board)
    }
    guard let command = WindowCommand.Window.jobs.command(for: key, in: self) else {
      message = .error("\(key.name) does nothing here")
      return []
    }
    return command.perform(&self)
  }

  private var board: JobsBoard? {
    if case .jobs(let board) = overlay { board } else { nil }
  }

  /// The job under the cursor of the list.
  fileprivate var chosenJob: JobLine? { board?.job(in: jobs) }

  /// What `request` asks of the chosen job; nothing when there is none.
  fileprivate mutating func askOfJob(
    _ request: (JobLine, inout State) -> [Effect]
  ) -> [Effect] {
    guard let job = chosenJob else { return [] }
    return request(job, &self)
  }

  fileprivate mutating func moveBoard(by step: Int) -> [Effect] {
    guard let board, !jobs.isEmpty else { return [] }
    let target = max(0, min(jobs.count - 1, board.index(in: jobs) + step))
    overlay = .jobs(JobsBoard(chosen: jobs[target].id))
    return []
  }

  private mutating func answerRemoval(_ key: Key, _ board: JobsBoard) -> [Effect] {
    guard let job = board.job(in: jobs), key == .character("y") else { return note("kept") }
    let index = board.index(in: jobs)
    let next = index + 1 < jobs.count ? index + 1 : index - 1
    overlay = .jobs(JobsBoard(chosen: jobs.indices.contains(next) ? jobs[next].id : nil))
    return [.jobs(.remove(job.id))]
  }
}
