import ArgumentParser
import Core
import Explorer
import Formats
import Foundation
import System

/// A figure or its values, written to a file.
struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a view as a figure (PPM, PNG, SVG) or its values (CSV, NPY, NPZ, JSON).",
    discussion: """
      The bytes are those that the explorer's e writes. --view sorted and minibatches of a study \
      show the scores of one cell: --rows and --columns must each leave one layer.

        cka export depth.cka.safetensors --pair resnet18,resnet34 \\
          --view sorted --rows fc --columns fc -o fc.png
      """)

  @Argument(help: "A result file, or a folder of them.", completion: .file())
  var path: String

  @Option(
    help: "layers, sorted, minibatches (original order), pairs or curves; by default what it holds."
  )
  var view: ExportRequest.View?

  @Option(help: "ppm, png, svg, csv, npy, npz or json; by default what the output's name says.")
  var format: ExportFormat?

  @Option(
    name: [.short, .long],
    help: "The file to write, over an old one too, or - for standard output; else a new name.",
    completion: .file()
  )
  var output: String?

  @Flag(help: "The cells alone, one pixel a value.")
  var raw = false

  @Option(help: "Pixels across and down for each value.")
  var scale: Int?

  @OptionGroup var choice: ResultChoice
  @OptionGroup var looks: LooksOptions

  func validate() throws {
    if let scale, !(1...1000).contains(scale) {
      throw ValidationError("--scale must be from 1 to 1000")
    }
    _ = try chosenFormat()
  }

  func run() throws {
    let format = try chosenFormat()
    do {
      let (exhibit, name, inputs) = try self.exhibit(as: format)
      let bytes = try format.bytes(exhibit, raw: raw, scale: scale)
      if format == .npy, view == .sorted {
        complain("npy has no room for the minibatches' numbers; csv, npz and json keep them")
      }
      if output == "-" {
        try StandardOutput.write(bytes)
      } else {
        let path = output ?? Exporting.freePath(name, format, in: ".")
        try Self.refuse(path, among: inputs)
        try AtomicFile.write(bytes, to: path)
        complain("wrote \(path)")
      }
    } catch let error as FormatError {
      throw fail(error.description)
    }
  }

  /// What was asked for, or what the output's name says; a figure where neither says anything.
  private func chosenFormat() throws -> ExportFormat {
    if let format { return format }
    guard let output, output != "-" else { return .ppm }
    guard let format = ExportFormat(path: output) else {
      let endings = ExportFormat.allCases.map { ".\($0.rawValue)" }.joined(separator: ", ")
      throw ValidationError("-o must end in one of \(endings), or --format say what to write")
    }
    return format
  }

  /// Nobody wants a result replaced by its picture.
  static func refuse(_ output: String, among inputs: [String]) throws(FormatError) {
    guard let place = FileIdentity(output)?.place,
      inputs.contains(where: { FileIdentity($0)?.place == place })
    else { return }
    throw FormatError(
      .unwritable, "is what was read, and would be overwritten", remedy: "write to another file",
      file: SafeText.sanitise(output))
  }

  /// What to write, a name for its file, and the files it was made of.
  private func exhibit(
    as format: ExportFormat
  ) throws -> (any Exhibit, name: String, inputs: [String]) {
    let settings = try looks.settings()
    if view == .pairs {
      let (found, problems) = Info.read([path])
      let all = found.compactMap(\.comparison)
      if all.isEmpty, let problem = problems.first { throw fail(problem) }
      ResultChoice.summarise(problems)
      // `.` has a name, too.
      let name = FileStem.plain(FileStem.of(path: realPath(path) ?? path))
      tellCaveats(of: all, order: .executed)
      return (try HeatmapExhibit.pairs(all, settings), "\(name)-pairs", all.map(\.id.path))
    }
    let result = try choice.result(
      in: path, kind: view.map(ResultKind.init), labels: settings.labelOrder)
    var request = ExportRequest(
      view: view ?? usualView(of: result.kind, as: format), id: result.id, settings: settings)
    request.rowFilter = looks.rows
    request.columnFilter = looks.columns
    let opened = try looks.opened(result, forScores: view.map(ResultKind.init) == .minibatches)
    let exhibit = try Exporting.exhibit(request, of: opened)
    return (exhibit, Exporting.name(of: request, exhibit.caveats), [result.id.path])
  }

  private func usualView(of kind: ResultKind, as format: ExportFormat) -> ExportRequest.View {
    switch kind {
    case .layers: .layers
    case .curves: .curves
    // Values keep the order of the file unless another is asked for; a figure reads easier sorted.
    case .minibatches: format.isFigure ? .sorted : .minibatches
    }
  }
}

extension ExportRequest.View: ExpressibleByArgument {}

extension ResultKind {
  /// The kind of result that has a view.
  fileprivate init(_ view: ExportRequest.View) {
    self =
      switch view {
      case .layers, .pairs: .layers
      case .sorted, .minibatches: .minibatches
      case .curves: .curves
      }
  }
}
