// What is used of Express 4 has the types of Express 5.
declare module 'express4' {
  import express = require('express')
  export = express
}
