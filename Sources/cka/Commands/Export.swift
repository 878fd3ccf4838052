import ArgumentParser
import CKACore
import Explorer
import Formats
import Foundation

/// A figure or its values, written to a file.
struct Export: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Write a view as a figure (PPM, PNG, SVG) or its values (CSV, NPY, NPZ, JSON).")

  @Argument(help: "A result file, or a folder of them.", completion: .file())
  var path: String

  @Option(
    help: "layers, sorted, minibatches (original order) or pairs; by default what the file holds.")
  var view: ExportRequest.View?

  @Option(help: "ppm, png, svg, csv, npy, npz or json; by default what the output's name says.")
  var format: ExportFormat?

  @Option(
    name: [.short, .long], help: "The file to write, or - for standard output.", completion: .file()
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
  }

  func run() throws {
    let format = self.format ?? output.flatMap(ExportFormat.init(path:)) ?? .ppm
    do {
      let (exhibit, name) = try self.exhibit()
      let bytes = try format.bytes(exhibit, raw: raw, scale: scale)
      if output == "-" {
        try StandardOutput.write(bytes)
      } else {
        let path = output ?? "\(name).\(format.rawValue)"
        try AtomicFile.write(bytes, to: path)
        complain("wrote \(path)")
      }
    } catch let error as FormatError {
      throw fail(error.description)
    }
  }

  /// What to write, and a name for its file.
  private func exhibit() throws -> (Exhibit, name: String) {
    let settings = try looks.settings()
    if view == .pairs {
      let name = path.split(separator: "/").last.map(String.init) ?? "results"
      return (try Exhibit.pairs(Info.read([path]).comparisons, settings), "\(name)-pairs")
    }
    let kind: Comparison.Kind? = view.map { $0 == .layers ? .layers : .minibatches }
    let comparison = try choice.result(in: path, kind: kind)
    var request = ExportRequest(
      view: view ?? (comparison.kind == .layers ? .layers : .sorted), id: comparison.id,
      settings: settings)
    request.rowFilter = looks.rows
    request.columnFilter = looks.columns
    return (try Exhibit(request, of: OpenResult(comparison)), Exporting.name(of: request))
  }
}

extension ExportRequest.View: ExpressibleByArgument {}
