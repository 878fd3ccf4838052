import CCairo
import Cells
import Testing

@testable import Figure

/// A decoded picture: what a reader of our files sees.
struct Picture: Equatable {
  var width, height: Int
  /// Row by row from the top.
  var pixels: [RGB]

  subscript(x: Int, y: Int) -> RGB { pixels[y * width + x] }

  /// Reads a P6 file by the grammar's letter: magic, comment, numbers, one whitespace byte,
  /// samples.
  init(ppm bytes: [UInt8]) throws {
    var lines: [String] = []
    var position = 0
    while lines.count < 4 {
      let end = try #require(bytes[position...].firstIndex(of: UInt8(ascii: "\n")))
      lines.append(String(decoding: bytes[position..<end], as: UTF8.self))
      position = end + 1
    }
    try #require(lines[0] == "P6" && lines[1].hasPrefix("#") && lines[3] == "255")
    let sides = lines[2].split(separator: " ").compactMap { Int($0) }
    try #require(sides.count == 2 && bytes.count - position == sides[0] * sides[1] * 3)
    (width, height) = (sides[0], sides[1])
    pixels = stride(from: position, to: bytes.count, by: 3).map {
      RGB(bytes[$0], bytes[$0 + 1], bytes[$0 + 2])
    }
  }

  /// Reads a PNG with Cairo's decoder.
  init(png bytes: [UInt8]) throws {
    var source = bytes[...]
    let surface = try #require(
      withUnsafeMutablePointer(to: &source) { source in
        cairo_image_surface_create_from_png_stream(
          { closure, target, length in
            guard let closure, let target else { return CAIRO_STATUS_READ_ERROR }
            let source = closure.assumingMemoryBound(to: ArraySlice<UInt8>.self)
            guard source.pointee.count >= length else { return CAIRO_STATUS_READ_ERROR }
            _ = UnsafeMutableBufferPointer(start: target, count: Int(length))
              .update(fromContentsOf: source.pointee.prefix(Int(length)))
            source.pointee.removeFirst(Int(length))
            return CAIRO_STATUS_SUCCESS
          }, source)
      })
    defer { cairo_surface_destroy(surface) }
    try #require(cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS)
    width = Int(cairo_image_surface_get_width(surface))
    height = Int(cairo_image_surface_get_height(surface))
    let data = try #require(cairo_image_surface_get_data(surface))
    let stride = Int(cairo_image_surface_get_stride(surface))
    pixels = []
    for y in 0..<height {
      for x in 0..<width {
        let packed = UnsafeRawPointer(data + y * stride + x * 4).load(as: UInt32.self)
        pixels.append(RGB(packed: packed))
      }
    }
  }

  /// Whether a pixel has this very colour.
  func contains(_ color: RGB) -> Bool { pixels.contains(color) }
}

/// Figures that several suites draw.
enum Sample {
  static func figure(
    rows: Int, columns: Int, title: String = "Layers", map: Colormap = .magma,
    low: Double = 0, high: Double = 1, names: Bool = false, rowZeroAtBottom: Bool = true,
    pixelsPerValue: Int? = nil,
    value: @escaping @Sendable (Int, Int) -> Double?
  ) -> Figure {
    Figure(
      heatmap: Heatmap(rows: rows, columns: columns, value: value), title: title,
      rowAxis: "ResNet18 · CIFAR-10", columnAxis: "ResNet34 · CIFAR-10",
      rowNames: names ? (0..<rows).map { "encoder.layer.\($0).attention" } : [],
      columnNames: names ? (0..<columns).map { "module.stage.\($0).conv" } : [],
      scale: ColorScale(low: low, high: high, map: map), rangeText: "CKA, range 0 to 1",
      rowZeroAtBottom: rowZeroAtBottom, caption: ["400 minibatches"],
      pixelsPerValue: pixelsPerValue)
  }

  /// Values that differ from cell to cell and fill 0…1.
  static func ramp(rows: Int, columns: Int) -> @Sendable (Int, Int) -> Double? {
    { Double($0 * columns + $1) / Double(max(1, rows * columns - 1)) }
  }

  /// Extents that break naive layouts.
  static let shapes = [(1, 1), (1, 400), (1000, 3), (3, 3), (20, 20), (67, 115), (500, 480)]
}
