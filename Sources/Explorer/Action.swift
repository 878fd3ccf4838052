import Cells
import Core
import Similarity

/// What happens to the explorer.
public enum Action: Sendable {
  /// The terminal reports a key, the mouse or a new size.
  case input(InputEvent)
  /// The walk found results.
  case found([CatalogEntry])
  /// The walk went on.
  case scanned(ScanProgress)
  /// The walk is over: these are all the results there are.
  case walked(Set<ResultID>)
  /// A result that was asked for is here, with the companion of the other kind if one was asked
  /// for; `reread` is the effect's.
  case loaded(Opened, companion: OpenResult?, reread: Bool)
  /// A result that was asked for cannot be read: one line that says why.
  case loadFailed(ResultID, String)
  /// Results that were asked for as other seeds of the one on the screen; those that cannot be read
  /// are missing.
  case seedsRead([Comparison])
  /// Panes were exported to these files.
  case exported([String])
  /// Something asked for did not work: one line.
  case failed(String)
  /// The file of the open result was replaced, cut or deleted.
  case fileChanged(String)
  /// Something is known about jobs.
  case jobs(JobReport)
  /// A file is no longer what was read from it: what is kept of it must not be shown again.
  case forget(String)
}

/// What the explorer asks for; the runner does it, and answers with an `Action`.
public enum Effect: Sendable, Equatable {
  /// Read a result, afresh when `reread`, and its companion.
  case load(ResultID, companion: ResultID?, reread: Bool)
  /// Read results that differ from the one on the screen in the seed alone.
  case readSeeds([ResultID])
  /// Walk the paths again.
  case rescan
  /// Write panes to files.
  case export([ExportRequest])
  /// Do something with jobs.
  case jobs(JobRequest)
  /// Put text on the clipboard.
  case copy(String)
  /// Report the mouse, or leave it to the terminal.
  case setMouse(Bool)
  /// Paint everything anew.
  case repaint
  /// Stop, as ^Z does.
  case suspend
  /// Leave.
  case quit
}

/// A pane to be written to a file, with everything that decides how it looks.
public struct ExportRequest: Sendable, Equatable {
  /// What the figure shows.
  public enum View: String, Sendable, CaseIterable {
    /// The layer × layer heatmap.
    case layers
    /// The √N × √N square of ascending scores.
    case sorted
    /// The same square in the original order.
    case minibatches
    /// One cell for each pair of models: its mean CKA.
    case pairs
    /// Lines with error bars.
    case curves
  }
  /// What the figure shows.
  public var view: View
  /// The result.
  public var id: ResultID
  /// Colours, filter, order.
  public var settings: ViewSettings
  /// A filter for rows alone, beside the settings' own; empty for all.
  public var rowFilter = ""
  /// A filter for columns alone.
  public var columnFilter = ""
  /// The result that is subtracted; nil for the result itself.
  public var subtracted: ResultID?
  /// The cell of a layer matrix whose minibatch scores are wanted; nil for a result of scores
  /// alone.
  public var cell: LayerPair?

  /// A cell of a layer matrix.
  public struct LayerPair: Sendable, Equatable {
    /// Row and column in the file.
    public var row, column: Int
    /// What the two layers are called.
    public var rowName, columnName: String
  }

  /// A pane of the explorer.
  public init(view: View, id: ResultID, settings: ViewSettings) {
    self.view = view
    self.id = id
    self.settings = settings
  }
}
