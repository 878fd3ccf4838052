import CCairo

/// Portable network graphics, as Cairo writes them: no time stamp, so that bytes repeat.
enum PNG {
  /// The whole of `surface`.
  static func encode(_ surface: OpaquePointer) throws(FigureError) -> [UInt8] {
    cairo_surface_flush(surface)
    var bytes: [UInt8] = []
    let status = withUnsafeMutablePointer(to: &bytes) { target in
      cairo_surface_write_to_png_stream(
        surface,
        { closure, data, length in
          guard let closure, let data else { return CAIRO_STATUS_WRITE_ERROR }
          closure.assumingMemoryBound(to: [UInt8].self).pointee.append(
            contentsOf: UnsafeBufferPointer(start: data, count: Int(length)))
          return CAIRO_STATUS_SUCCESS
        }, target)
    }
    guard status == CAIRO_STATUS_SUCCESS else {
      throw FigureError(description: "PNG: \(String(cString: cairo_status_to_string(status)))")
    }
    return bytes
  }

  /// One pixel a cell; transparent where there is none.
  static func encode(_ image: CellImage) throws(FigureError) -> [UInt8] {
    let longest = FigureError.longestSide
    guard image.columns <= longest, image.rows <= longest,
      let surface = cairo_image_surface_create(
        image.inks.sawEmpty ? CAIRO_FORMAT_ARGB32 : CAIRO_FORMAT_RGB24, Int32(image.columns),
        Int32(image.rows))
    else { throw FigureError.tooLarge(width: image.columns, height: image.rows) }
    defer { cairo_surface_destroy(surface) }
    guard let data = cairo_image_surface_get_data(surface) else {
      throw FigureError.tooLarge(width: image.columns, height: image.rows)
    }
    let stride = Int(cairo_image_surface_get_stride(surface))
    image.colors.withUnsafeBytes { colors in
      for row in 0..<image.rows {
        let source = colors[row * image.columns * 4..<(row + 1) * image.columns * 4]
        UnsafeMutableRawBufferPointer(start: data + row * stride, count: stride)
          .copyMemory(from: UnsafeRawBufferPointer(rebasing: source))
      }
    }
    cairo_surface_mark_dirty(surface)
    return try encode(surface)
  }
}
