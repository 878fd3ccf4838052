import Recipe
/// A comparison that is computed in the background, as the explorer shows it. Texts are ready to
/// show.
public struct JobLine: Sendable, Equatable, Identifiable {
  /// Where a job stands.
  public enum State: String, Sendable, CaseIterable {
    case queued, running, cancelling, finished, failed, cancelled, died, broken

    /// Somebody works on it.
    public var isLive: Bool { self == .queued || self == .running || self == .cancelling }
    /// It can go on from its last checkpoint.
    public var canResume: Bool { self == .failed || self == .cancelled || self == .died }
  }

  /// Its name.
  public var id: String
  /// What it compares.
  public var title: String
  /// Where it stands.
  public var state: State
  /// Why it failed or stopped.
  public var reason: String?
  /// The part that is done, 0 to 1.
  public var fraction: Double?
  /// Minibatches done.
  public var done: Int?
  /// Minibatches in all.
  public var total: Int?
  /// Samples a second.
  public var rate: Double?
  /// Seconds left.
  public var eta: Double?
  /// The largest 95 % half width of all cells.
  public var halfWidth: Double?
  /// How many of its shards are at what; nil for a job that is not split.
  public var shards: String?
  /// When it was submitted.
  public var submitted = ""
  /// What was asked for, as a command line.
  public var command = ""
  /// The file with the partial or final result; nil while there is none.
  public var result: String?
  /// Differs whenever the result file does.
  public var version = ""
  /// The folder that goes with the job; what was written elsewhere outlives it.
  public var folder = ""
  /// The file that holds its log.
  public var log = ""

  /// A job of which no more is known yet.
  public init(id: String, title: String, state: State) {
    self.id = id
    self.title = title
    self.state = state
  }
}

extension JobLine {
  /// Whether the file at `path` is in the job's own folder.
  func holds(_ path: String) -> Bool { !folder.isEmpty && path.hasPrefix(folder + "/") }

  /// "120 of 267 minibatches, 3.2 samples/s, 0:46 left, ±0.0031"; empty when nothing is known.
  public var progress: String {
    var parts: [String?] = []
    parts.append(shards)
    if let done, let total { parts.append("\(done) of \(total) minibatches") }
    if state.isLive {
      parts.append(rate.map { "\($0.significant) samples/s" })
      parts.append(eta.map { "\(Self.clock($0)) left" })
    }
    if let halfWidth, halfWidth.isFinite { parts.append("±\(halfWidth.significant)") }
    return parts.compactMap { $0 }.joined(separator: ", ")
  }

  /// "45 %"; empty when unknown. Only what is complete is 100 %.
  public var percent: String { fraction.map { "\(Int(max(0, min(1, $0)) * 100)) %" } ?? "" }

  /// Seconds as a clock shows them: `0:46`, `12:05`, `103:00:00`.
  public static func clock(_ seconds: Double) -> String {
    guard seconds.isFinite else { return "?" }
    let total = Int(max(0, min(1e9, seconds.rounded(.up))))
    let (hours, minutes) = (total / 3600, total / 60 % 60)
    let end = (total % 60 < 10 ? "0" : "") + String(total % 60)
    return hours == 0 ? "\(minutes):\(end)" : "\(hours):\(minutes < 10 ? "0" : "")\(minutes):\(end)"
  }
}

extension Double {
  /// Two digits that matter: "0.0031", "3.2", "120"; "?" for what is no number.
  fileprivate var significant: String {
    guard isFinite, abs(self) < 1e15 else { return "?" }
    guard abs(self) < 10 else { return String(Int(rounded())) }
    guard self != 0 else { return "0" }
    var places = 1
    var bound = 1.0
    while abs(self) < bound, places < 7 {
      bound /= 10
      places += 1
    }
    return fixed(places)
  }
}

/// What the explorer asks of the jobs; each is answered by `JobReport`s.
public enum JobRequest: Sendable, Equatable {
  /// All jobs as they are now.
  case list
  /// The results in a job's file.
  case open(String)
  /// The results of a job that has just finished, for the list.
  case collect(String)
  /// All that is known of a job, and the end of its log.
  case details(String)
  /// The end of a job's log.
  case log(String)
  /// Stop a job.
  case cancel(String)
  /// Go on from the last checkpoint.
  case resume(String)
  /// Start the same again, as a new job.
  case retry(String)
  /// Delete a job that is over.
  case remove(String)
  /// Look at what a recipe would compute, without computing it.
  case check(Recipe)
  /// Give up looking.
  case cancelCheck
  /// Start a job that carries a recipe out.
  case submit(Recipe)
  /// The texts that begin so.
  case complete(CompletionRequest)
  /// Give up looking for texts.
  case cancelCompletion
  /// Fill the form in with what a job was asked to do.
  case edit(String)
  /// Fill the form in from a recipe.
  case openRecipe(String)
  /// Write a recipe to a file; over one that is there only when it is to be replaced.
  case saveRecipe(String, Recipe, replacing: Bool)
}

/// What is told about jobs.
public enum JobReport: Sendable {
  /// All jobs, newest first.
  case list([JobLine])
  /// The results in the file of a job, which somebody wants to see.
  case opened(JobResults)
  /// The results of a job that has finished.
  case finished(JobResults)
  /// All that is known of a job, a line for each fact, and the end of its log.
  case details(String, facts: [String], log: [String])
  /// The end of a job's log.
  case log(String, [String])
  /// Something asked for was done: one line.
  case done(String)
  /// Something asked for cannot be done: one line.
  case refused(String)
  /// A job was started.
  case submitted(String)
  /// What a recipe would compute, in lines, and whether it can be started.
  case checked(Recipe, lines: [String], isReady: Bool)
  /// A check goes on, for so many seconds now.
  case checking(Recipe, seconds: Int)
  /// The texts that may stand where one was begun, or why they cannot be told: one line.
  case completions(CompletionRequest, [Completion], problem: String?)
  /// A recipe for the form.
  case form(Recipe)
  /// A recipe was to be written where there is one.
  case recipeExists(String)
}

/// The results in the file of a job.
public struct JobResults: Sendable, Equatable {
  /// The job's name.
  public var job: String
  /// The results.
  public var entries: [CatalogEntry]
  /// The file lies in what the explorer was opened on, so that a walk finds it too.
  public var isNamed: Bool
  /// The file of the job's checkpoints, whose results these replace; nil while that is the file.
  public var replaced: String?

  /// Results of `job`.
  public init(job: String, entries: [CatalogEntry], isNamed: Bool, replaced: String? = nil) {
    (self.job, self.entries, self.isNamed, self.replaced) = (job, entries, isNamed, replaced)
  }
}
