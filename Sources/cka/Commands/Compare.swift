import ArgumentParser
import Core
import Explorer
import Formats
import Foundation

/// What differs between two results.
struct Compare: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what differs between two results, layer by layer (A − B).",
    discussion: """
      Rows and columns are paired by name; what only one result has is left out and counted. Where both \
      keep the values of their minibatches, every cell is tested, paired where the minibatches are the \
      same, and cells are counted that differ with a false discovery rate of 5 %. The chance is that of \
      the samples, for these networks. For the chance of seeds give --seeds: A and B are then groups of \
      results that differ in the seed alone, told by their names (cnn-seed3, cnn_s3, seed=3/cnn) or by \
      --group '{name}-run{seed}'; cka seeds lists them.

      --pair and --key choose in both files; --pair-a, --pair-b, --key-a and --key-b in one of them.

        cka compare before.safetensors after.safetensors --pair vgg,vit
        cka compare all.safetensors --pair-a vgg,vit --pair-b vgg,swin
        cka compare runs --seeds --pair-a student,teacher --pair-b student-kd,teacher
      """)

  @Argument(help: "The file of result A.", completion: .file())
  var a: String

  @Argument(help: "The file of result B; by default the same file.", completion: .file())
  var b: String?

  @OptionGroup var choice: ResultChoice

  @Option(help: "A's models, in place of --pair.")
  var pairA: String?

  @Option(help: "B's models, in place of --pair.")
  var pairB: String?

  @Option(help: "A's key, in place of --key.")
  var keyA: String?

  @Option(help: "B's key, in place of --key.")
  var keyB: String?

  @Flag(help: "Test against the scatter of seeds: A and B are groups of results.")
  var seeds = false

  @Option(help: "How names tell seeds, as {name}-seed{seed}; implies --seeds.")
  var group: String?

  @Flag(help: "Subtract values of different kernels or estimators all the same.")
  var anyway = false

  @Option(name: .long, help: "How many of the largest differences to list.")
  var top: Int = 10

  @Flag(
    help: "Layer names in the order in which torch_cka's hooks ran, where they look mislabelled.")
  var executedLabels = false

  @Flag(help: "Print one JSON object.")
  var json = false

  @Option(help: "Write the difference as a figure or values too; the name's end says how.")
  var export: String?

  func validate() throws {
    try choice(pairA, keyA).validate()
    try choice(pairB, keyB).validate()
    if !(0...1_000_000).contains(top) { throw ValidationError("--top must be from 0 to 1000000") }
    if let export, export != "-", ExportFormat(path: export) == nil {
      throw ValidationError("--export: the name must end in .png, .svg, .ppm, .csv, .npy or .json")
    }
  }

  func run() throws {
    if seeds || group != nil { return try compareSeeds() }
    let order: LabelOrder = executedLabels ? .executed : .exported
    let first = try choice(pairA, keyA).layers(in: a, labels: order, advice: Self.advice("a"))
    let second = try choice(pairB, keyB).layers(
      in: b ?? a, labels: order, advice: Self.advice("b"))
    if first.id == second.id {
      throw fail(
        "\(a): A and B are the same result; name another file, or B's models: --pair-b A,B")
    }
    guard
      let view = DifferenceView(
        OpenResult(first), minus: OpenResult(second), order: order, mostWork: .max)
    else { throw fail("A and B have no row, or no column, with the same name") }
    if !anyway, let doubt = view.difference.doubts.first(where: \.isRefused) {
      throw fail(
        "\(doubt.description): A − B would say nothing of networks; --anyway subtracts them")
    }
    view.difference.doubts.forEach { complain("compare: \($0.description)") }
    let record = DifferenceRecord(view, top: top)
    try StandardOutput.print(json ? record.json : record.text)
    if let export { try write(view, to: export) }
  }

  private func compareSeeds() throws {
    if export != nil || executedLabels {
      throw ValidationError("--seeds goes with neither --export nor --executed-labels")
    }
    let pattern = try SeedOptions.pattern(group)
    let first = try SeedOptions.group(in: a, choice(pairA, keyA), pattern, side: "a")
    let second = try SeedOptions.group(in: b ?? a, choice(pairB, keyB), pattern, side: "b")
    if first.title == second.title, b ?? a == a {
      throw fail(
        "\(a): A and B are the same group, \(first.title); choose with --pair-a and --pair-b")
    }
    let record = SeedDifferenceRecord(first, second, top: top)
    try StandardOutput.print(json ? PrettyJSON.text(record) : record.text)
  }

  /// What is chosen in one of the two files.
  private func choice(_ pair: String?, _ key: String?) -> ResultChoice {
    var own = choice
    own.pair = pair ?? choice.pair
    own.key = key ?? choice.key
    return own
  }

  private static func advice(_ side: String) -> String {
    "choose with --pair A,B, or with --pair-\(side) A,B in this file alone; or so with --key"
  }

  private func write(_ view: DifferenceView, to path: String) throws {
    do throws(FormatError) {
      let format = ExportFormat(path: path) ?? .png
      let bytes = try format.bytes(HeatmapExhibit(view, ViewSettings()), raw: false, scale: nil)
      try AtomicFile.write(bytes, to: path)
      complain("wrote \(path)")
    } catch {
      throw fail(error.description)
    }
  }
}
