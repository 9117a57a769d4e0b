import type { SendFile } from './uploads'

/** By XMLHttpRequest, because fetch tells nothing about the progress of a request body. */
export const sendFile: SendFile = (url, file, name, token, onProgress, signal, fields) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const form = new FormData()
    form.append('file', file, name)
    for (const field in fields) form.append(field, `${fields[field]}`)
    request.open('POST', url)
    if (token !== null) request.setRequestHeader('authorization', `Bearer ${token}`)
    request.upload.onprogress = (event) => {
      if (event.lengthComputable) onProgress(event.loaded / event.total)
    }
    request.onload = () => resolve({ status: request.status, text: request.responseText })
    request.onerror = () => reject(new Error('no answer'))
    request.onabort = request.onerror
    signal.onabort = () => request.abort()
    request.send(form)
  })
