import CKACore
import Cells

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

extension State {
  mutating func boardKey(_ key: Key, _ board: JobsBoard) -> [Effect] {
    var board = board
    let isRemoval = board.isAskingToRemove
    board.isAskingToRemove = false
    message = nil
    overlay = .jobs(board)
    if isRemoval { return answerRemoval(key, board) }
    switch key {
    case .up, .character("k"): moveBoard(board, by: -1)
    case .down, .character("j"): moveBoard(board, by: 1)
    case .home, .character("g"): moveBoard(board, by: -jobs.count)
    case .end, .character("G"): moveBoard(board, by: jobs.count)
    case .escape, .character("q"), .character("W"), .control("c"), .control("g"): overlay = nil
    case .character("n"), .character("S"): openForm()
    default: return steer(key, board)
    }
    return []
  }

  private mutating func moveBoard(_ board: JobsBoard, by step: Int) {
    guard !jobs.isEmpty else { return }
    let target = max(0, min(jobs.count - 1, board.index(in: jobs) + step))
    overlay = .jobs(JobsBoard(chosen: jobs[target].id))
  }

  /// Keys that do something to the chosen job.
  private mutating func steer(_ key: Key, _ board: JobsBoard) -> [Effect] {
    guard let job = board.job(in: jobs) else { return [] }
    switch key {
    case .enter:
      guard job.result != nil else {
        return note("no result yet: the first minibatch is under way")
      }
      return [.jobs(.open(job.id))]
    case .character("l"): return [.jobs(.log(job.id))]
    case .character("c"):
      return job.state.isLive ? [.jobs(.cancel(job.id))] : note("it is over: nothing to cancel")
    case .character("r"):
      return job.state.canResume
        ? [.jobs(.resume(job.id))] : note("only what failed, died or was cancelled can go on")
    case .character("t"): return [.jobs(.retry(job.id))]
    case .character("d"):
      guard !job.state.isLive else { return note("it is at work: cancel it first (c)") }
      overlay = .jobs(JobsBoard(chosen: job.id, isAskingToRemove: true))
    default: message = .error("\(key.name) does nothing here")
    }
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

// MARK: News

extension State {
  /// Takes in what is told about jobs.
  mutating func react(to report: JobReport) -> [Effect] {
    switch report {
    case .list(let lines): return accept(lines)
    case .opened(let id, let entries): return open(id, entries)
    case .log(let id, let lines):
      let shown = lines.isEmpty ? ["  nothing was logged"] : lines.map { "  \($0)" }
      var reader = Reader(title: "Log of \(id)", lines: shown)
      reader.top = max(0, shown.count - max(1, terminal.size.height - 5))
      overlay = .text(reader)
    case .done(let text): message = .note(text)
    case .refused(let text): message = .error(text)
    case .submitted(let id):
      overlay = .jobs(JobsBoard(chosen: id))
      message = .note("job \(id) started")
    case .checked(let arguments, let lines, let isReady):
      acceptCheck(of: arguments, lines: lines, isReady: isReady)
    case .completions(let text, let paths): acceptCompletions(of: text, paths)
    }
    return []
  }

  /// The newest state of all jobs; a new checkpoint of the result on the screen is read.
  private mutating func accept(_ lines: [JobLine]) -> [Effect] {
    let before = Dictionary(
      jobs.map { ($0.id, $0.version) }, uniquingKeysWith: { first, _ in first })
    jobs = lines
    var effects: [Effect] = []
    for line in lines where before[line.id].map({ $0 != line.version }) ?? false {
      guard let path = line.result else { continue }
      recent.removeAll { $0.id.path == path }
      if let shown = primary?.comparison.id, shown.path == path, pending == nil {
        effects.append(.load(shown, companion: companion?.comparison.id, reread: true))
      }
    }
    return effects
  }

  private mutating func open(_ id: String, _ entries: [CatalogEntry]) -> [Effect] {
    guard let first = entries.first else {
      message = .error("the result of job \(id) holds nothing to show")
      return []
    }
    overlay = nil
    jobResults.formUnion(entries.map(\.id))
    let effects = merge(entries)
    return wanted == first.id ? effects : effects + show(first.id)
  }
}

// MARK: What is known

extension State {
  /// The unfinished job whose result is on the screen.
  var partialJob: JobLine? {
    guard let path = primary?.comparison.id.path else { return nil }
    return jobs.first { $0.result == path && $0.state != .finished }
  }

  /// What the title of a partial picture says: how much is in it.
  var partialRemark: String? {
    guard let job = partialJob else { return nil }
    if let study = layerResult?.comparison.block?.study {
      return "partial: \(study.countedSamples) samples, n \(study.countedMinibatches)"
    }
    return "partial" + (job.done.map { ": n \($0)" } ?? "")
  }

  /// "job 45 %", or how many there are; empty when none is live.
  var liveJobsRemark: String {
    let live = jobs.filter(\.state.isLive)
    guard let first = live.first else { return "" }
    guard live.count == 1 else { return "\(live.count) jobs (W)" }
    return first.state == .running ? "job \(first.percent) (W)" : "job \(first.state.rawValue) (W)"
  }
}
