import Cells
import Core
import Similarity

/// Everything the explorer knows. It changes only in `update`, and the screen is a function of it.
public struct State: Sendable {
  /// What the terminal is and can do.
  public var terminal: TerminalTraits
  /// The results found so far, in list order.
  public var catalog = Catalog() {
    didSet { listLines = catalog.lines(matching: listSearch) }
  }
  /// How the search for results stands.
  public var scan = ScanProgress()

  /// The result on the screen.
  public var shown: Opened?
  /// The comparison on the screen, if that is what is shown.
  public var primary: OpenResult? { shown?.comparison }
  /// Layers beside minibatches, or the reverse, for the pair on the screen.
  public var companion: OpenResult?
  /// The result that was asked for and has not arrived yet.
  public var pending: ResultID?
  /// The companion that was asked for with the result on the screen, or on its way there.
  var pendingCompanion: ResultID?
  /// The result that a saved view wants as soon as the walk finds it.
  var restoring: ResultID?
  /// The result shown before this one: `'` goes back to it.
  public var previous: ResultID?
  /// Counts rereads, so that what was derived from a result is made anew when its file changed.
  var generation = 0
  /// Files that changed since they were read: what comes from them next is not what was derived
  /// before.
  var forgotten: Set<String> = []
  /// Bytes of memory that results may take besides what is on the screen.
  var keptBytes = State.mostKeptBytes
  /// Results opened lately, newest last, so that toggling between them never waits.
  public var recent: [Opened] = []

  /// The first result is shown with the keys in its picture: the list has nothing else to offer.
  public var startsInPicture = false
  /// No key was pressed yet, and no view was restored.
  var isUntouched = true
  /// The pane that keys go to.
  public var focus = Pane.results
  /// The pane that fills the screen.
  public var maximised: Pane?
  /// Panes picked for export.
  public var marked: Set<Pane> = []

  /// How matrices are arranged and coloured.
  public var settings = ViewSettings()
  /// The layer matrix as shown: names, indices and values after filter and label order.
  var arrangement: Arrangement?
  /// The minibatch scores as shown.
  var square: Square?
  /// The pixels of the square.
  var squareTile: SquareTile?
  /// The scores of the layer pair under the crosshair, where the result knows them.
  var cellScores: CellScores?
  /// Another result subtracted from the one on the screen.
  var difference: DifferenceView?
  /// How the difference view is asked for and drawn.
  var differenceSettings = DifferenceSettings()
  /// Results that differ from the one on the screen in the seed alone.
  var seeds: SeedCompany?
  /// What the profile pane shows; nil when it is closed.
  var profile: ProfileKind?
  /// What the profile pane's lines and bars are made from.
  var profileData: ProfileData?
  /// What the CKA of a layer that may be frozen exceeds.
  var freezeThreshold = FreezeTable.defaultThreshold
  /// Marks on the best column of each row.
  var showsMatches = false
  /// The best column of each row as shown.
  var matchMarks: MatchMarks?
  /// The layer view's crosshair.
  public var crosshair = Crosshair()
  /// The crosshair is drawn; a printed picture has none.
  var showsCrosshair = true
  /// The layer view's zoom and scroll position.
  public var viewport = Viewport()
  /// The pixels of the layer view, computed when what they depend on changes.
  var tile: HeatTile?
  /// The sorted view's crosshair: a rank, 0-based.
  public var rank = 0
  /// The x under the curves' cursor, by number.
  public var curveCursor = 0
  /// The series that is chosen, by number.
  public var chosenCurve = 0
  /// The curves as drawn, made when what they depend on changes.
  var curveTile: CurveTile?

  /// The line under the cursor in the results list.
  public var listCursor = 0
  /// First line of the results list that is visible.
  var listTop = 0
  /// What the results list is narrowed to.
  public var listSearch = "" {
    didSet { listLines = catalog.lines(matching: listSearch) }
  }
  /// The lines of the list, narrowed by the search.
  private(set) var listLines: [ListLine] = []
  /// The results' names as the list has room for them.
  var listLabels = ListLabels()
  /// The last text looked for with `/`.
  public var lastFind = ""
  /// Which of its matches the crosshair is on.
  var lastFound: Int?

  /// Comparisons in the background, newest first.
  public var jobs: [JobLine] = []
  /// The jobs have been looked at.
  var areJobsKnown = false
  /// Results in the folders of jobs, which no walk finds.
  public internal(set) var jobResults: Set<ResultID> = []
  /// The form that starts a comparison, as it was left.
  var form = ComputeForm()

  /// What takes the keys: the panes, or something in front of them.
  public var overlay: Overlay?
  /// The line that tells how the last action went.
  public var message: Message?
  /// Settings as they came from the configuration file and the command line.
  public var preferences: Preferences

  /// An explorer with nothing open.
  public init(terminal: TerminalTraits, preferences: Preferences = Preferences()) {
    self.terminal = terminal
    self.preferences = preferences
    settings = ViewSettings(preferences: preferences)
  }
}

/// What the terminal is and can do.
public struct TerminalTraits: Sendable, Equatable {
  /// Its size in cells.
  public var size: Size
  /// Its colours.
  public var depth: ColorDepth
  /// Its locale is UTF-8: half blocks and box drawing are safe.
  public var unicode: Bool
  /// The mouse is reported to us.
  public var mouse: Bool

  /// A terminal.
  public init(size: Size, depth: ColorDepth, unicode: Bool = true, mouse: Bool = true) {
    self.size = size
    self.depth = depth
    self.unicode = unicode
    self.mouse = mouse
  }
}

/// A part of the screen that can hold the focus.
public enum Pane: String, Sendable, CaseIterable, Hashable {
  /// The list of results.
  case results
  /// The layer × layer heatmap.
  case layers
  /// The minibatch square.
  case minibatches
  /// Lines through the crosshair, or a histogram.
  case profile
  /// Lines with error bars.
  case curves
}

/// A cell of the layer matrix, by position in what is shown.
public struct Crosshair: Sendable, Equatable {
  /// Row, 0-based, of the matrix as shown (before transposition).
  public var row = 0
  /// Column, 0-based.
  public var column = 0
}

/// One line for the user.
public struct Message: Sendable, Equatable {
  /// The line, ready to show.
  public var text: String
  /// It tells of something that went wrong.
  public var isError: Bool

  /// Good news.
  public static func note(_ text: String) -> Message { Message(text: text, isError: false) }
  /// Bad news.
  public static func error(_ text: String) -> Message { Message(text: text, isError: true) }
}

/// How far the search for results has come.
public struct ScanProgress: Sendable, Equatable {
  /// Files looked at.
  public var filesRead = 0
  /// Files known so far.
  public var filesFound = 0
  /// Nothing more will come.
  public var isFinished = false
  /// Files that could not be read, with the reason: one line each.
  public var problems: [String] = []

  /// Nothing looked at yet.
  public init() {}
}
